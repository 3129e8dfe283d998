import { describe, expect, test } from "vitest";
import { independentTrials } from "../../lib/sweep/independent-trials.ts";
import { normalProbability, normalQuantile } from "../../lib/sweep/normal-distribution.ts";
import { sharpeOfSums, sumsBetween, sumsOf, trackRecordOf } from "../../lib/sweep/return-moments.ts";
import {
  deflatedSharpe,
  expectedMaximum,
  expectedMaximumSharpe,
  minimumBacktestYears,
  minimumTrackRecord,
  probabilisticSharpe,
} from "../../lib/sweep/sharpe-statistics.ts";

describe("the normal distribution agrees with tables (SciPy, 16 digits):", () => {
  test.each([
    [-10, 7.61985302416047e-24],
    [-3, 0.0013498980316300933],
    [-0.5, 0.3085375387259869],
    [0, 0.5],
    [1.96, 0.9750021048517795],
    [8, 0.9999999999999993],
  ])("the probability below %d", (x, expected) => {
    expect(normalProbability(x) / expected).toBeCloseTo(1, 13);
  });

  test.each([
    [1e-20, -9.262340089798409],
    [0.001, -3.090232306167813],
    [0.05, -1.6448536269514729],
    [0.3, -0.5244005127080409],
    [0.975, 1.959963984540054],
  ])("the quantile of %d", (p, expected) => {
    expect(normalQuantile(p) / expected).toBeCloseTo(1, 14);
  });

  test("the quantile is the inverse of the probability", () => {
    for (let p = 0.001; p < 1; p += 0.013) expect(normalProbability(normalQuantile(p))).toBeCloseTo(p, 14);
  });
});

describe("Bailey and López de Prado, The Sharpe Ratio Efficient Frontier (2012):", () => {
  // A hedge fund's 24 months: Sharpe ratio 0.458 a month, skewness -2.448, kurtosis 10.164.
  const fund = { sharpe: 0.458, periods: 24, skewness: -2.448, kurtosis: 10.164 };

  test("the probabilistic Sharpe ratio of the fund is 0.913", () => {
    expect(probabilisticSharpe(fund, 0)).toBeCloseTo(0.913, 3);
  });

  test("after three years like these it would be 0.953", () => {
    // 0.9535 from the paper's own rounded moments.
    expect(Math.abs((probabilisticSharpe({ ...fund, periods: 36 }, 0) ?? 0) - 0.953)).toBeLessThan(0.001);
  });

  test("it would be 0.982 for normal returns", () => {
    expect(probabilisticSharpe({ ...fund, skewness: 0, kurtosis: 3 }, 0)).toBeCloseTo(0.982, 3);
  });

  test.each([
    ["daily", 252, 2.73],
    ["weekly", 52, 2.83],
    ["monthly", 12, 3.24],
  ])(
    "%s normal returns with an annual ratio of 2 take %d periods a year and %d years to be above 1 with 95 %%",
    (_, perYear, years) => {
      const root = Math.sqrt(perYear);
      const periods = minimumTrackRecord({ sharpe: 2 / root, skewness: 0, kurtosis: 3 }, 1 / root, 0.95);
      expect((periods ?? 0) / perYear).toBeCloseTo(years, 2);
    },
  );

  test("monthly returns as those of hedge funds (skewness -0.72, kurtosis 5.78) take 4.99 years", () => {
    const root = Math.sqrt(12);
    const periods = minimumTrackRecord({ sharpe: 2 / root, skewness: -0.72, kurtosis: 5.78 }, 1 / root, 0.95);
    expect((periods ?? 0) / 12).toBeCloseTo(4.99, 2);
  });

  test("a ratio below the benchmark never gets there", () => {
    expect(minimumTrackRecord({ sharpe: 0.1, skewness: 0, kurtosis: 3 }, 0.1, 0.95)).toBeNull();
  });
});

describe("Bailey and López de Prado, The Deflated Sharpe Ratio (2014), the example on pages 9 and 10:", () => {
  // Annual ratio 2.5 over five years of 250 days, chosen from N trials whose annual ratios have variance 1/2.
  const record = { sharpe: 2.5 / Math.sqrt(250), periods: 1250, skewness: -3, kurtosis: 10 };
  const trials = (count: number) => ({ count, variance: 0.5 / 250 });

  test("the best of 100 trials without skill shows 0.1132 a day", () => {
    expect(expectedMaximumSharpe(trials(100))).toBeCloseTo(0.1132, 4);
  });

  test("the deflated Sharpe ratio is 0.9004", () => {
    expect(deflatedSharpe(record, trials(100))).toBeCloseTo(0.9004, 4);
  });

  test("it would be 0.9505 after 46 trials", () => {
    expect(deflatedSharpe(record, trials(46))).toBeCloseTo(0.9505, 4);
  });

  test("with normal returns 88 trials would give 0.9505", () => {
    expect(deflatedSharpe({ ...record, skewness: 0, kurtosis: 3 }, trials(88))).toBeCloseTo(0.9505, 4);
  });
});

describe("Bailey, Borwein, López de Prado and Zhu, Pseudo-Mathematics and Financial Charlatanism (2014):", () => {
  test("the best of ten trials is expected at 1.57", () => {
    expect(expectedMaximum(10)).toBeCloseTo(1.57, 2);
  });

  test("five years allow 45 trials before an annual ratio of 1 is expected without skill", () => {
    expect(minimumBacktestYears(45, 1)).toBeCloseTo(5, 2);
  });

  test("seven trials are enough for an annual ratio of 1 in two years", () => {
    expect(Math.round(minimumBacktestYears(7, 1) ?? 0)).toBe(2);
    expect(minimumBacktestYears(7, 1)).toBeCloseTo(1.923, 3);
  });

  test("it is below 2 ln N / SR²", () => {
    for (const trials of [2, 10, 1_000, 1_000_000])
      expect(minimumBacktestYears(trials, 0.7)).toBeLessThan((2 * Math.log(trials)) / 0.49);
  });

  test("one trial needs no length, and a loss has none", () => {
    expect([minimumBacktestYears(1, 1), minimumBacktestYears(10, 0)]).toEqual([0, null]);
  });
});

test("moments of a series are those worked out by hand", () => {
  // Mean 0.5, deviations -1.5, -0.5, 0.5, 1.5: variance 5/4 (population), fourth moment 41/16.
  const record = trackRecordOf([-1, 0, 1, 2]);
  expect(record?.sharpe).toBeCloseTo(0.5 / Math.sqrt(5 / 3), 15);
  expect([record?.periods, record?.skewness, record?.kurtosis]).toEqual([4, 0, 41 / 16 / (25 / 16)]);
});

test("a series that does not move has no record", () => {
  expect(trackRecordOf([0, 0, 0])).toBeNull();
});

test("sums between two states of a running mean are the sums of the block", () => {
  // Returns 1, 3 | 2, 6: means 2 and 3, squared deviations 2 and 14.
  const before = { periods: 2, returnMean: 2, returnDeviations: 2 };
  const after = { periods: 4, returnMean: 3, returnDeviations: 14 };
  expect(sumsBetween(before, after)).toEqual(sumsOf([2, 6]));
});

test("the Sharpe ratio of sums is that of the returns, and 0 for a lane that never traded", () => {
  expect([sharpeOfSums(sumsOf([1, 2, 3])), sharpeOfSums(sumsOf([0, 0, 0])), sharpeOfSums(sumsOf([]))]).toEqual([
    2, 0, 0,
  ]);
});

test("trials of an average correlation ρ are worth ρ + (1 - ρ) M: equation 9 of the appendix of 2014", () => {
  // Two pairs of equal lanes, the pairs without correlation: of the six correlations two are 1 and four 0, so that ρ = 1/3 and N = 1/3 + 2/3 × 4 = 3.
  const [a, b] = [
    [1, -1, 0, 0],
    [0, 0, 1, -1],
  ];
  expect(independentTrials([a, a, b, b].map((lane) => lane ?? []))).toEqual({
    lanes: 4,
    moving: 4,
    averageCorrelation: expect.closeTo(1 / 3, 12),
    count: expect.closeTo(3, 12),
  });
});

test("lanes that move against each other are not more trials than there are", () => {
  expect(
    independentTrials([
      [1, -1],
      [-1, 1],
    ])?.count,
  ).toBe(2);
});

test("equal lanes are one trial, however many", () => {
  expect(independentTrials(Array(50).fill([1, 2, 4, 3]))?.count).toBeCloseTo(1, 12);
});

test("lanes without correlation are as many trials as lanes", () => {
  const lanes = [
    [1, -1, 0, 0],
    [0, 0, 1, -1],
    [1, 1, -1, -1],
  ];
  expect(independentTrials(lanes)).toEqual({
    lanes: 3,
    moving: 3,
    averageCorrelation: expect.closeTo(0, 12),
    count: expect.closeTo(3, 12),
  });
});

test("two lanes of correlation one half are one and a half trials", () => {
  // Unit vectors at 60 degrees: (1, -1, 0) and (1, 0, -1).
  expect(
    independentTrials([
      [1, -1, 0],
      [1, 0, -1],
    ])?.count,
  ).toBeCloseTo(1.5, 12);
});

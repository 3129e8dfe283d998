import { describe, expect, test } from "vitest";
import { z } from "zod";
import { classifyRegimes, regimeMetrics, regimeOf, regimePeriods } from "../../lib/sweep/regimes.ts";
import { hasSharedCases } from "../golden-cases/golden-file.ts";
import { seedCase } from "../golden-cases/seed-case.ts";

const rules = { lookback: 3, bull: 0.15, bear: -0.1, volatility: 0.5, periodsPerYear: 252 };
const up = [100, 101, 102, 103, 104, 105, 104, 103, 102, 101, 100, 99];

test("the first bars have no regime", () => {
  expect(classifyRegimes(up, rules).slice(0, 3)).toEqual([null, null, null]);
});

test("volatile comes before bull", () => {
  expect(classifyRegimes([100, 110, 105, 120], rules)[3]?.regime).toBe("volatile");
});

test("between the thresholds the market goes sideways", () => {
  expect(classifyRegimes([100, 100, 100, 100], rules)[3]?.regime).toBe("sideways");
});

test.each([
  ["exactly at the volatility", 0.2, 0.5, "bull"],
  ["just above the volatility", 0.2, 0.5000000001, "volatile"],
  ["exactly at the bull threshold", 0.15, 0.1, "sideways"],
  ["just above the bull threshold", 0.1500000001, 0.1, "bull"],
  ["exactly at the bear threshold", -0.1, 0.1, "sideways"],
  ["just below the bear threshold", -0.1000000001, 0.1, "bear"],
  ["falling, but too wildly", -3, 0.6, "volatile"],
] as const)("%s: a mean of %d with a deviation of %d is %s", (_, annualReturn, volatility, regime) => {
  expect(regimeOf(annualReturn, volatility, rules)).toBe(regime);
});

test("the figures of a bar are those worked out by hand", () => {
  // Returns 0.5, -0.25, 0.5 and 0: of the last two the mean is 0.25 and the deviation √(2 × 0.25²) = √0.125; of four periods a year 1 and 2 √0.125 = √0.5.
  const [, , , , last] = classifyRegimes([16, 24, 18, 27, 27], { ...rules, lookback: 2, periodsPerYear: 4 });
  expect(last).toEqual({ regime: "volatile", annualReturn: 1, volatility: Math.sqrt(0.5) });
});

test("the shortest look back is two returns", () => {
  const closes = [100, 101, 102, 103];
  expect(classifyRegimes(closes, { ...rules, lookback: 2 }).map((bar) => bar?.regime)).toEqual([
    undefined,
    undefined,
    "bull",
    "bull",
  ]);
});

test("the bars of a period count to its regime, and its return once", () => {
  const bull = { regime: "bull", annualReturn: 1, volatility: 0 } as const;
  const points = [10, 11, 12.1].map((equity) => ({ equity, regime: bull, bars: 390 }));
  expect(regimeMetrics(points, 252).bull).toEqual({
    bars: 780,
    totalReturn: expect.closeTo(0.21, 12),
    sharpe: expect.anything(),
    volatility: expect.closeTo(0, 12),
  });
});

test("a record that lost everything has no returns from there on", () => {
  const bull = { regime: "bull", annualReturn: 1, volatility: 0 } as const;
  const points = [10, 0, 0, 0].map((equity) => ({ equity, regime: bull, bars: 1 }));
  expect(regimeMetrics(points, 252).bull).toEqual({ bars: 3, totalReturn: -1, sharpe: null, volatility: null });
});

test("no later bar changes a regime", () => {
  expect(classifyRegimes(up.slice(0, 8), rules)).toEqual(classifyRegimes(up, rules).slice(0, 8));
});

test("metrics per regime compound the changes into its bars", () => {
  const equity = [10, 10, 10, 11, 12.1, 12.1, 12.1, 12.1, 12.1, 12.1, 12.1, 6.05];
  const regimes = classifyRegimes(up, rules);
  const points = equity.map((value, bar) => ({ equity: value, regime: regimes[bar] ?? null, bars: 1 }));
  const metrics = regimeMetrics(points, 252);
  expect([metrics.bull.bars, metrics.bear.bars, metrics.sideways.bars]).toEqual([4, 5, 0]);
  expect([metrics.bull.totalReturn, metrics.bear.totalReturn]).toEqual([expect.closeTo(0.21, 12), -0.5]);
  expect(metrics.sideways).toEqual({ bars: 0, totalReturn: 0, sharpe: null, volatility: null });
});

describe.skipIf(!hasSharedCases)("F14: threshold regimes", () => {
  const given = {
    close: z.array(z.number()),
    lookback: z.number(),
    bull: z.number(),
    bear: z.number(),
    vol: z.number(),
  };
  const input = () => z.object({ ...given, second: z.object(given) }).parse(seedCase("F14").input);
  const businessDays = Array.from({ length: 30 }, (_, i) => new Date(Date.UTC(2020, 0, 1 + i))).filter(
    (day) => day.getUTCDay() % 6 !== 0,
  );
  const day = (bar: number) => businessDays[bar]?.toISOString().slice(0, 10);

  test("its periods, with their means", () => {
    const { close, lookback, bull, bear, vol } = input();
    const expected = z
      .object({ periods: z.array(z.tuple([z.string(), z.string(), z.string(), z.number(), z.number()])) })
      .parse(seedCase("F14").expected);
    const periods = regimePeriods(
      classifyRegimes(close, { lookback, bull, bear, volatility: vol, periodsPerYear: 252 }),
    );
    expect(
      periods.map(({ regime, startBar, endBar, annualReturn, volatility }) => [
        regime,
        day(startBar),
        day(endBar - 1),
        annualReturn,
        volatility,
      ]),
    ).toEqual(
      expected.periods.map(([regime, first, last, ...means]) => [
        regime,
        first,
        last,
        ...means.map((mean) => expect.closeTo(mean, 9)),
      ]),
    );
  });

  test("its trading days, though no strategy trades", () => {
    const { close, lookback, bull, bear, vol } = input();
    const { trading_days } = z
      .object({ trading_days: z.record(z.string(), z.number()) })
      .parse(seedCase("F14").expected);
    const regimes = classifyRegimes(close, { lookback, bull, bear, volatility: vol, periodsPerYear: 252 });
    const metrics = regimeMetrics(
      regimes.map((regime) => ({ equity: 1, regime, bars: 1 })),
      252,
    );
    expect(Object.fromEntries(Object.entries(metrics).map(([name, { bars }]) => [name, bars]))).toEqual(trading_days);
  });

  test("a regime of one day is a period", () => {
    const { close, lookback, bull, bear, vol } = input().second;
    const periods = regimePeriods(
      classifyRegimes(close, { lookback, bull, bear, volatility: vol, periodsPerYear: 252 }),
    );
    expect([day(periods[0]?.startBar ?? -1), (periods[0]?.endBar ?? 0) - (periods[0]?.startBar ?? 0)]).toEqual([
      "2020-01-06",
      1,
    ]);
  });
});

import { expect, test } from "vitest";
import type { ReturnMark } from "../../lib/engine/return-marks.ts";
import { trackRecordOf, trackRecordOfMarks } from "../../lib/sweep/return-moments.ts";
import { deflatedSharpe, expectedMaximum } from "../../lib/sweep/sharpe-statistics.ts";
import { superiorAbility } from "../../lib/sweep/superior-ability.ts";
import type { WindowLane } from "../../lib/sweep/window-lanes.ts";
import { blockSums, periodReturns, windowOverfitting } from "../../lib/sweep/window-overfitting.ts";
import { metricsOf } from "./metrics-of.ts";

/** What a lane keeps of these returns in blocks of `block` periods: the figures at the end of each, and the powers at the end of all. */
function marksOf(returns: readonly number[], block: number): ReturnMark[] {
  const ends = Array.from({ length: returns.length / block }, (_, i) => (i + 1) * block);
  const powers = (power: number) => returns.reduce((sum, value) => sum + value ** power, 0);
  return ends.map((end) => {
    const own = returns.slice(0, end);
    const mean = own.reduce((sum, value) => sum + value, 0) / end;
    const figures = {
      periods: end,
      returnMean: mean,
      returnDeviations: own.reduce((sum, value) => sum + (value - mean) ** 2, 0),
    };
    return end < returns.length ? figures : { ...figures, returnCubes: powers(3), returnFourths: powers(4) };
  });
}

function laneOf(lane: number, ...ranges: readonly (readonly ReturnMark[])[]): WindowLane {
  const metrics = metricsOf({});
  return {
    lane,
    params: {},
    metrics,
    ranges: ranges.map((returnMarks) => ({ result: { params: {}, metrics, facts: {}, returnMarks } })),
  };
}

const rising = [0.01, 0.03, -0.01, 0.02, 0.04, -0.02, 0.03, 0.01];
const falling = [0.01, -0.03, 0.02, -0.02, 0.01, -0.04, 0.02, -0.01];
const idle = rising.map(() => 0);
const bars = [{ startBar: 0, endBar: 8 }];
const rest = { seed: 1, periodsPerYear: 252 };

test("the record of sums of powers is that of the returns themselves", () => {
  const record = trackRecordOf([...rising, ...falling]);
  const apart = trackRecordOfMarks([rising, falling].flatMap((returns) => marksOf(returns, 8)));
  expect(apart).toEqual({
    sharpe: expect.closeTo(record?.sharpe ?? 0, 12),
    periods: 16,
    skewness: expect.closeTo(record?.skewness ?? 0, 12),
    kurtosis: expect.closeTo(record?.kurtosis ?? 0, 12),
  });
});

test("a record whose powers were not kept is unknown", () => {
  expect(trackRecordOfMarks([{ periods: 8, returnMean: 0.01, returnDeviations: 1 }])).toBeNull();
});

test("a window's deflated Sharpe ratio is that of its best by its own trials, worked out by hand", () => {
  // Means of blocks of two, first lane: 0.02, 0.005, 0.01, 0.02; second: -0.01, 0, -0.015, 0.005. Deviations from 0.01375 and -0.005, in thousandths:
  // 6.25, -8.75, -3.75, 6.25 (squares 168.75) and -5, 5, -10, 10 (squares 250); products -31.25, -43.75, 37.5, 62.5: 25.
  const correlation = 25 / Math.sqrt(168.75 * 250);
  const count = correlation + (1 - correlation) * 2;
  const [best, other] = [trackRecordOf(rising), trackRecordOf(falling)];
  if (best === null || other === null) throw new Error("Both lanes move.");
  const variance = (best.sharpe - other.sharpe) ** 2 / 2;
  const lanes = [rising, falling, idle].map((returns, lane) => laneOf(lane, marksOf(returns, 2)));
  const figures = windowOverfitting({ inSample: bars, lanes, best: 0, ...rest });
  expect(figures?.trials).toEqual({
    lanes: 3,
    moving: 2,
    averageCorrelation: expect.closeTo(correlation, 12),
    count: expect.closeTo(count, 12),
  });
  expect(figures?.sharpeVariance).toBeCloseTo(variance * 252, 9);
  expect(figures?.expectedMaximumSharpe).toBeCloseTo(Math.sqrt(variance * 252) * expectedMaximum(count), 9);
  expect(figures?.deflatedSharpe).toBeCloseTo(deflatedSharpe(best, { count, variance }) ?? Number.NaN, 12);
});

test("lanes that never trade do not make the others look rare", () => {
  const two = [rising, falling].map((returns, lane) => laneOf(lane, marksOf(returns, 2)));
  const many = [...two, ...Array.from({ length: 50 }, (_, i) => laneOf(2 + i, marksOf(idle, 2)))];
  const [few, all] = [two, many].map((lanes) => windowOverfitting({ inSample: bars, lanes, best: 0, ...rest }));
  expect(all?.deflatedSharpe).toBeCloseTo(few?.deflatedSharpe ?? Number.NaN, 12);
});

test("a window without a winner has no deflated Sharpe ratio, and still its trials", () => {
  const lanes = [rising, falling].map((returns, lane) => laneOf(lane, marksOf(returns, 2)));
  const figures = windowOverfitting({ inSample: bars, lanes, best: undefined, ...rest });
  expect([figures?.deflatedSharpe, figures?.trials?.moving]).toEqual([null, 2]);
});

test("a lane that failed is no trial", () => {
  const failed: WindowLane = { lane: 2, params: {}, metrics: null, ranges: [{ failure: "StrategyError: it throws" }] };
  const lanes = [laneOf(0, marksOf(rising, 2)), laneOf(1, marksOf(falling, 2)), failed];
  expect(windowOverfitting({ inSample: bars, lanes, best: 0, ...rest })?.trials?.lanes).toBe(2);
});

test("both tests for snooping compare all lanes of the window", () => {
  const lanes = [rising, falling, idle].map((returns, lane) => laneOf(lane, marksOf(returns, 2)));
  expect(windowOverfitting({ inSample: bars, lanes, best: 0, ...rest })?.ability).toMatchObject({
    lanes: 2,
    count: 4,
    resamples: 1_000,
    meanBlock: 1,
  });
});

test("the tests for snooping know a lane's deviation from its single returns", () => {
  // The sum of a block of two has √2 the deviation of a return. By less the second lane would be surely worse, and not be compared.
  const returns = [[0.03, -0.02, 0.02, -0.03, 0.025, -0.02, 0.01, 0], falling];
  const deviation = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / 8;
    return Math.sqrt((2 * values.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / 7);
  };
  const sums = returns.map((values) =>
    Float64Array.from([0, 2, 4, 6], (at) => (values[at] as number) + (values[at + 1] as number)),
  );
  const lanes = returns.map((values, lane) => laneOf(lane, marksOf(values, 2)));
  expect(windowOverfitting({ inSample: bars, lanes, best: 0, ...rest })?.ability).toEqual(
    superiorAbility(sums, { resamples: 1_000, seed: 1, meanBlock: 1, deviations: returns.map(deviation) }),
  );
});

test("an equity has returns by day, until nothing is left", () => {
  const hours = Float64Array.from({ length: 6 }, (_, i) => i * 12 * 3_600_000);
  const returnsOf = (equity: readonly number[]) => [...periodReturns(hours, Float64Array.from(equity), "12h")];
  expect(returnsOf([9, 10, 13, 20, 7, 30])).toEqual([1, 0.5]);
  expect(returnsOf([9, 10, 13, 20, 7, 0])).toEqual([1]);
});

test("of several ranges every return lies in one of sixteen blocks, in the order of time", () => {
  // 48 bars and 16 bars in sixteen pieces each: a sixteenth of all is 4 bars, so that a piece of 3 whose middle lies in it is alone or with another.
  const first = marksOf(
    Array.from({ length: 48 }, () => 1),
    3,
  );
  const second = marksOf(
    Array.from({ length: 16 }, () => 1),
    1,
  );
  const ranges = [
    { startBar: 0, endBar: 48 },
    { startBar: 60, endBar: 76 },
  ];
  const [sums = []] = blockSums([laneOf(0, first, second)], ranges);
  expect(sums.map(({ count }) => count)).toEqual([3, 6, 3, 3, 6, 3, 3, 6, 3, 3, 6, 3, 4, 4, 4, 4]);
});

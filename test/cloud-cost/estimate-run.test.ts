import fc from "fast-check";
import { expect, test } from "vitest";
import { billOf } from "../../lib/cloud/cost-model.ts";
import { estimateRun, type RunShape } from "../../lib/cloud/estimate-run.ts";
import { pricesOf } from "../../lib/cloud/prices.ts";

const sample = {
  bars: 100_000,
  barsPerSecond: 100_000,
  stateBytes: 3_400,
  partKinds: 3,
  factBytesPerBar: 10,
  finishSecondsPerBar: 1e-7,
};
const million: RunShape = { bars: 1_000_000, segmentBars: 100_000, chunkBars: 65_536, memoryMb: 1_769, sample };

// 10 segments of 1 s + 0.25 s; finish 0.1 + 0.25 s; plan 0.25 s; three cold starts of 0.5 s; 12 turns of 0.1 s.
test("a million bars at 100,000 a second take ten segments and 15.8 seconds", () => {
  const { segments, segmentBars, seconds } = estimateRun(million);
  expect({ segments, segmentBars }).toEqual({ segments: 10, segmentBars: 100_000 });
  expect(seconds).toBeCloseTo(10 + 2.5 + 0.35 + 0.25 + 1.5 + 1.2, 9);
});

// Billed: the seconds above without the turns, 14.6 s × 1,769 / 1,024 GB.
test("billed GB-seconds are the seconds without the workflow's turns", () => {
  expect(estimateRun(million).usage.lambdaGbSeconds).toBeCloseTo((14.6 * 1_769) / 1_024, 6);
});

test("half the memory of a processor takes twice the computing time for the same computing GB-seconds", () => {
  const whole = estimateRun({ ...million, memoryMb: 1_768 });
  const half = estimateRun({ ...million, memoryMb: 884 });
  expect(half.seconds - whole.seconds).toBeCloseTo((10.1 * 1_769) / 1_768, 9);
});

test("a segment that does not fit into one invocation is cut where it fits", () => {
  // 279.75 s at 1,000 bars a second.
  const { segments, segmentBars } = estimateRun({
    ...million,
    segmentBars: 1_000_000,
    sample: { ...sample, barsPerSecond: 1_000 },
  });
  expect({ segments, segmentBars }).toEqual({ segments: 4, segmentBars: 279_750 });
});

test("the last segment is billed for the bars that are left", () => {
  const whole = estimateRun({ ...million, bars: 200_000 }).usage.lambdaGbSeconds;
  const less = estimateRun({ ...million, bars: 150_000 }).usage.lambdaGbSeconds;
  expect(whole - less).toBeCloseTo(((0.5 + 0.005) * 1_769) / 1_024, 9);
});

test("more bars never cost less", () => {
  const prices = pricesOf("us-east-1");
  const dollars = (bars: number) => billOf(estimateRun({ ...million, bars }).usage, prices, "x86_64").total;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e6 }), (bars, more) => {
      expect(dollars(bars + more)).toBeGreaterThanOrEqual(dollars(bars));
    }),
    { numRuns: 200 },
  );
});

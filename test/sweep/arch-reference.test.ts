import { describe, expect, test } from "vitest";
import { stationaryResamples } from "../../lib/sweep/stationary-bootstrap.ts";
import { superiorAbility } from "../../lib/sweep/superior-ability.ts";
import { congruentNumbers } from "./congruence.ts";

/**
 * The Python package arch 8.0.0 on the same series: SPA(0, -returns, block_size, reps=20000, bootstrap="stationary", seed=7). Its statistic is not divided by standard
 * errors, so that its upper p-value is White's, and its others are Hansen's where all lanes have the same deviation.
 */
const length = 200;

/** Congruent numbers, standardised, with this mean and deviation. */
function laneOf(seed: number, edge: number, deviation: number): Float64Array {
  const raw = congruentNumbers(seed, length);
  const mean = raw.reduce((sum, value) => sum + value, 0) / length;
  const spread = Math.sqrt(raw.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length);
  return Float64Array.from(raw, (value) => ((value - mean) / spread + edge) * deviation);
}

const lanesOf = (edges: readonly number[], deviations: readonly number[]) =>
  edges.map((edge, i) => laneOf(i + 1, edge, deviations[i] ?? 1));

describe("p-values are those of arch, within the noise of 5,000 resamples:", () => {
  test.each([
    ["no edge, single draws", [0.02, -0.01, 0.03, 0, 0.05], 1, { lower: 0.72875, consistent: 0.7425, upper: 0.7425 }],
    ["one edge, blocks of 4", [0.02, -0.01, 0.15, 0, 0.05], 4, { lower: 0.0608, consistent: 0.0638, upper: 0.0638 }],
    ["poor lanes", [0.12, -0.5, -0.6, -0.4, 0.05], 4, { lower: 0.092, consistent: 0.092, upper: 0.16985 }],
  ])("%s", (_, edges, meanBlock, expected) => {
    const result = superiorAbility(lanesOf(edges, []), { resamples: 5_000, seed: 1, meanBlock });
    // The series are not quite white, so that their standard errors, which arch does not divide by, differ a little.
    expect(Math.abs((result?.realityCheck ?? 0) - expected.upper)).toBeLessThan(0.02);
    expect(Math.abs((result?.spaLower ?? 0) - expected.lower)).toBeLessThan(0.05);
    expect(Math.abs((result?.spa ?? 0) - expected.consistent)).toBeLessThan(0.05);
    expect(Math.abs((result?.spaUpper ?? 0) - expected.upper)).toBeLessThan(0.05);
  });

  test("lanes that differ in how wild they are, by White's check", () => {
    const lanes = lanesOf([0.12, -0.05, -0.05, -0.05, -0.05], [1, 5, 5, 5, 5]);
    const result = superiorAbility(lanes, { resamples: 5_000, seed: 1, meanBlock: 4 });
    expect(Math.abs((result?.realityCheck ?? 0) - 0.85475)).toBeLessThan(0.02);
    // The good lane is quiet; divided by its error it stands out.
    expect(result?.spa).toBeLessThan(0.4);
  });
});

test("a block begins at every place equally often, and ends with probability 1 / mean after each value", () => {
  const starts = new Float64Array(20);
  const lengths: number[] = [];
  for (const blocks of stationaryResamples(20, 5, 10_000, 3)) {
    // The last block of a resample is cut where the resample is full.
    for (const { start, length: own } of blocks.slice(0, -1)) {
      starts[start] = (starts[start] ?? 0) + 1;
      if (own < 5) lengths.push(own);
    }
  }
  const all = starts.reduce((sum, count) => sum + count, 0);
  for (const count of starts) expect(Math.abs((20 * count) / all - 1)).toBeLessThan(0.1);
  // Politis and Romano, 1994: P(L = m) = (1 - p)^(m - 1) p. The ratio of neighbours is 1 - p, but for what the cut takes away.
  const ones = lengths.filter((own) => own === 1).length;
  const twos = lengths.filter((own) => own === 2).length;
  expect(Math.abs(twos / ones - 0.8)).toBeLessThan(0.05);
});

import { expect, test } from "vitest";
import { RandomGenerator, seedRandom } from "../../lib/engine/random.ts";
import { combinationCount, combinations } from "../../lib/sweep/combinations.ts";
import { normalQuantile } from "../../lib/sweep/normal-distribution.ts";
import { blocksFor, overfittingProbability } from "../../lib/sweep/overfitting-probability.ts";
import { sumsOf } from "../../lib/sweep/return-moments.ts";
import { stationaryResamples, usualBlock } from "../../lib/sweep/stationary-bootstrap.ts";
import { superiorAbility } from "../../lib/sweep/superior-ability.ts";
import { congruentNumbers } from "./congruence.ts";

/** Independent normal returns of standard deviation 1 %, moved so that the whole series has exactly this Sharpe ratio per period. */
function series(seed: number, count: number, sharpe: number | null): Float64Array {
  const random = new RandomGenerator(seedRandom(seed, "series"));
  const values = Float64Array.from(
    { length: count },
    () => 0.01 * normalQuantile((random.next() * 4_294_967_296 + 0.5) / 4_294_967_296),
  );
  if (sharpe === null) return values;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1));
  return values.map((value) => value - mean + sharpe * deviation);
}

function inBlocks(values: Float64Array, blocks: number) {
  const size = values.length / blocks;
  return Array.from({ length: blocks }, (_, b) => sumsOf(values.subarray(b * size, (b + 1) * size)));
}

test("choices are in order and as many as the formula says", () => {
  expect([...combinations(4, 2)]).toEqual([
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 2],
    [1, 3],
    [2, 3],
  ]);
  expect([combinationCount(16, 8), combinationCount(6, 2), [...combinations(16, 8)].length]).toEqual([
    12870, 15, 12870,
  ]);
});

test("two lanes that take turns are always overfitted", () => {
  // Block 0 favours the first lane, block 1 the second: the better one in either is the worse one in the other.
  const up = sumsOf([1, 2, 3]);
  const down = sumsOf([-1, -2, -3]);
  const result = overfittingProbability([
    [up, down],
    [down, up],
  ]);
  expect(result).toMatchObject({ pbo: 1, probabilityOfLoss: 1, splits: 2, blocks: 2, lanes: 2 });
});

test("a lane that is best everywhere is never overfitted", () => {
  const good = sumsOf([1, 2, 3]);
  const bad = sumsOf([-1, -2, -3]);
  expect(
    overfittingProbability([
      [bad, bad, bad, bad],
      [good, good, good, good],
      [bad, bad, bad, bad],
    ])?.pbo,
  ).toBe(0);
});

test("seven lanes have the figures that the steps of pypbo give", () => {
  // NumPy and SciPy, lanes of 64 returns in 8 blocks: pbo 20/70, losses 17/70, slope of linregress over the splits.
  const lanes = Array.from({ length: 7 }, (_, lane) =>
    inBlocks(
      Float64Array.from(congruentNumbers(lane + 1, 64), (value) => value + 0.03 * lane),
      8,
    ),
  );
  expect(overfittingProbability(lanes)).toEqual({
    pbo: expect.closeTo(20 / 70, 14),
    probabilityOfLoss: expect.closeTo(17 / 70, 14),
    degradation: expect.closeTo(-1.088571422902383, 10),
    splits: 70,
    blocks: 8,
    lanes: 7,
  });
});

test("full overfit, as test case 1 of the paper: 100 lanes of noise whose whole series has Sharpe ratio 0", () => {
  // 1,000 days in 8 blocks; what a lane gains in one half it must lose in the other.
  const lanes = Array.from({ length: 100 }, (_, lane) => inBlocks(series(lane, 1000, 0), 8));
  expect(overfittingProbability(lanes)?.pbo).toBeGreaterThan(0.95);
});

test("no overfit, as test case 2 of the paper: one lane of 100 has an edge", () => {
  const lanes = Array.from({ length: 100 }, (_, lane) =>
    inBlocks(series(lane, 1000, lane === 0 ? 3 / Math.sqrt(252) : 0), 8),
  );
  expect(overfittingProbability(lanes)?.pbo).toBeLessThan(0.1);
});

test("pure noise lies in between, over 20 sets of lanes", () => {
  const values = Array.from({ length: 20 }, (_, trial) => {
    const lanes = Array.from({ length: 20 }, (_, lane) => inBlocks(series(100 * trial + lane, 400, null), 8));
    return overfittingProbability(lanes)?.pbo ?? Number.NaN;
  });
  expect(Math.abs(values.reduce((sum, pbo) => sum + pbo, 0) / 20 - 0.5)).toBeLessThan(0.12);
});

test("one lane, or an odd number of blocks, gives no probability", () => {
  const block = sumsOf([1, 2]);
  expect([overfittingProbability([[block, block]]), overfittingProbability([[block], [block]])]).toEqual([null, null]);
});

test("many lanes get fewer blocks, so that the work is bounded", () => {
  expect([blocksFor(100), blocksFor(10_000), blocksFor(100_000), blocksFor(10_000_000)]).toEqual([16, 14, 12, 4]);
});

test("a resample is as long as the series, and its blocks have the mean length asked for", () => {
  let [blocks, total] = [0, 0];
  for (const resample of stationaryResamples(1000, 10, 200, 1)) {
    blocks += resample.length;
    total += resample.reduce((sum, { length }) => sum + length, 0);
  }
  expect(total).toBe(200_000);
  expect(total / blocks).toBeCloseTo(10, 0);
});

test("a mean block of one is the plain bootstrap", () => {
  for (const resample of stationaryResamples(50, 1, 3, 1)) expect(resample).toHaveLength(50);
});

test("resamples follow the seed", () => {
  expect([...stationaryResamples(100, 5, 3, 7)]).toEqual([...stationaryResamples(100, 5, 3, 7)]);
  expect([...stationaryResamples(100, 5, 3, 7)]).not.toEqual([...stationaryResamples(100, 5, 3, 8)]);
});

test("the bootstrap's variance of a mean is the one that Politis and Romano's formula gives", () => {
  // Lemma 1 of 1994: γ₀ + 2 Σ ((1 - i/n)(1 - q)^i + i/n (1 - q)^(n - i)) γ_i, here by brute force over the circle.
  const values = series(5, 60, null);
  const mean = values.reduce((sum, value) => sum + value, 0) / 60;
  const q = 1 / 4;
  let expected = 0;
  for (let i = 0; i < 60; i++) {
    let covariance = 0;
    for (let t = 0; t + i < 60; t++) covariance += (((values[t] ?? 0) - mean) * ((values[t + i] ?? 0) - mean)) / 60;
    const weight = (1 - i / 60) * (1 - q) ** i + (i / 60) * (1 - q) ** (60 - i);
    // For the circle, γ_i of the formula already joins lag i with lag n - i.
    expected += (i === 0 ? 1 : 2) * (i === 0 ? 1 : weight) * covariance;
  }
  const sums: number[] = [];
  for (const resample of stationaryResamples(60, 4, 20_000, 3)) {
    let sum = 0;
    for (const { start, length } of resample) for (let k = 0; k < length; k++) sum += values[(start + k) % 60] ?? 0;
    sums.push(sum / Math.sqrt(60));
  }
  const centre = mean * Math.sqrt(60);
  const variance = sums.reduce((total, value) => total + (value - centre) ** 2, 0) / sums.length;
  expect(variance / expected).toBeCloseTo(1, 1);
});

test("the usual block is the cube root of the length", () => {
  expect([usualBlock(1000), usualBlock(2)]).toEqual([10, 1]);
});

const draws = { resamples: 500, seed: 11, meanBlock: 5 };

test("an edge among noise is found by both tests", () => {
  const lanes = Array.from({ length: 20 }, (_, lane) => series(lane, 500, lane === 3 ? 0.25 : null));
  const result = superiorAbility(lanes, draws);
  expect([(result?.spa ?? 1) < 0.01, (result?.realityCheck ?? 1) < 0.01]).toEqual([true, true]);
});

test("lanes without any gain are not found superior", () => {
  const lanes = Array.from({ length: 20 }, (_, lane) => series(lane, 500, -0.01));
  expect(superiorAbility(lanes, draws)).toMatchObject({ spaUpper: expect.toSatisfy((p: number) => p > 0.9) });
});

test("a block runs on from the end of the series to its beginning", () => {
  // Blocks longer than the series are the whole circle, turned: every resample has the series' own mean.
  const lane = Float64Array.from({ length: 100 }, (_, i) => (i < 50 ? -1 : 1.1));
  expect(superiorAbility([lane], { resamples: 100, seed: 1, meanBlock: 1e12 })?.realityCheck).toBe(0);
});

test("Hansen's p-value lies between its bounds", () => {
  const lanes = Array.from({ length: 10 }, (_, lane) => series(lane, 300, lane < 5 ? -0.5 : null));
  const result = superiorAbility(lanes, draws);
  if (result === null) throw new Error("expected a result");
  expect(result.spaLower <= result.spa && result.spa <= result.spaUpper).toBe(true);
});

test("poor lanes weaken White's check and not Hansen's", () => {
  const good = [series(1, 400, 0.1)];
  const poor = Array.from({ length: 40 }, (_, lane) => series(100 + lane, 400, -0.4).map((value) => 5 * value));
  const alone = superiorAbility(good, draws);
  const among = superiorAbility([...good, ...poor], draws);
  expect((among?.realityCheck ?? 0) - (alone?.realityCheck ?? 0)).toBeGreaterThan(0.3);
  expect(Math.abs((among?.spa ?? 1) - (alone?.spa ?? 0))).toBeLessThan(0.02);
});

test("a p-value of noise is evenly spread", () => {
  const values = Array.from(
    { length: 40 },
    (_, trial) =>
      superiorAbility(
        Array.from({ length: 5 }, (_, lane) => series(1000 * trial + lane, 200, null)),
        { ...draws, resamples: 200 },
      )?.spa ?? 0,
  );
  expect(values.filter((p) => p < 0.5).length).toBeGreaterThan(10);
  expect(values.filter((p) => p < 0.5).length).toBeLessThan(30);
});

test("with few returns a lane's own deviation keeps noise from being found", () => {
  // Of 60 sets of 200 lanes of 16 returns some 3 are found at 5 %; by deviations of the sixteen themselves it would be more than 15.
  const found = (deviations?: readonly number[]) =>
    Array.from({ length: 60 }, (_, trial) =>
      superiorAbility(
        Array.from({ length: 200 }, (_, lane) => series(10_000 * trial + lane, 16, null)),
        { resamples: 100, seed: trial, meanBlock: 1, ...(deviations && { deviations }) },
      ),
    ).filter((result) => (result?.spa ?? 1) < 0.05).length;
  expect(found(Array(200).fill(0.01))).toBeLessThan(9);
  expect(found()).toBeGreaterThan(12);
});

test("lanes that never move cannot be judged", () => {
  expect(superiorAbility([new Float64Array(100)], draws)).toBeNull();
});

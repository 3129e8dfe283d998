import { type ResampledBlock, stationaryResamples, usualBlock } from "./stationary-bootstrap.ts";

/** How probable it is that the best lane's mean return would be this large if no lane had an edge over the benchmark. */
export type SuperiorAbility = {
  /** White's reality check. */
  readonly realityCheck: number;
  /** Hansen's test of superior predictive ability: the consistent p-value between its lower and upper bounds. */
  readonly spa: number;
  readonly spaLower: number;
  readonly spaUpper: number;
  readonly lanes: number;
  readonly resamples: number;
  readonly meanBlock: number;
};

/**
 * Both tests for data snooping over all lanes, by the same stationary bootstrap. H. White, "A Reality Check for Data Snooping", Econometrica 68, 2000; P. R. Hansen,
 * "A Test for Superior Predictive Ability", JBES 23, 2005, with the standard errors estimated by the bootstrap itself. `returns[lane]` are returns less the
 * benchmark's, period by period. Null below three periods or when no lane moves.
 */
export function superiorAbility(
  returns: readonly Float64Array[],
  { resamples, seed, meanBlock }: { readonly resamples: number; readonly seed: number; readonly meanBlock?: number },
): SuperiorAbility | null {
  const count = returns[0]?.length ?? 0;
  const block = meanBlock ?? usualBlock(count);
  const moving = returns.filter((lane) => lane.some((value) => value !== lane[0]));
  if (count < 3 || moving.length === 0) return null;
  const prefixes = moving.map(prefixSums);
  const root = Math.sqrt(count);
  const scaledMeans = prefixes.map((prefix) => (prefix[count] as number) / root);
  const draws = prefixes.map(() => new Float64Array(resamples));
  let draw = 0;
  for (const blocks of stationaryResamples(count, block, resamples, seed)) {
    for (const [lane, prefix] of prefixes.entries()) {
      (draws[lane] as Float64Array)[draw] = sumOver(prefix, blocks, count) / root - (scaledMeans[lane] as number);
    }
    draw += 1;
  }
  const errors = draws.map(rootMeanSquare);
  return {
    realityCheck: shareAbove(
      draws,
      scaledMeans,
      () => 0,
      errors.map(() => 1),
      Number.NEGATIVE_INFINITY,
    ),
    spaLower: shareAbove(draws, scaledMeans, (mean) => Math.min(mean, 0), errors, 0),
    spa: shareAbove(draws, scaledMeans, (mean, error) => (mean < -error * threshold(count) ? mean : 0), errors, 0),
    spaUpper: shareAbove(draws, scaledMeans, () => 0, errors, 0),
    lanes: moving.length,
    resamples,
    meanBlock: block,
  };
}

/** √(2 log log n), by which Hansen tells lanes that are surely worse (0 for the shortest series). */
function threshold(count: number): number {
  return Math.sqrt(2 * Math.log(Math.max(1, Math.log(count))));
}

/**
 * The share of resamples whose maximum over the lanes of (draw + shift) / error, at least `floor`, is above the data's own. Draws are centred; `shift` is what
 * stays of a lane's mean under the null.
 */
function shareAbove(
  draws: readonly Float64Array[],
  means: readonly number[],
  shiftOf: (mean: number, error: number) => number,
  errors: readonly number[],
  floor: number,
): number {
  const shifts = means.map((mean, lane) => shiftOf(mean, errors[lane] as number));
  const observed = means.reduce((most, mean, lane) => Math.max(most, mean / (errors[lane] as number)), floor);
  const resamples = draws[0]?.length ?? 0;
  let above = 0;
  for (let i = 0; i < resamples; i++) {
    let most = floor;
    for (let lane = 0; lane < draws.length; lane++) {
      const value =
        (((draws[lane] as Float64Array)[i] as number) + (shifts[lane] as number)) / (errors[lane] as number);
      if (value > most) most = value;
    }
    if (most > observed) above += 1;
  }
  return above / resamples;
}

function prefixSums(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = (sums[i] as number) + (values[i] as number);
  return sums;
}

function sumOver(prefix: Float64Array, blocks: readonly ResampledBlock[], count: number): number {
  let sum = 0;
  for (const { start, length } of blocks) {
    const end = start + length;
    const wraps = end > count;
    sum += (prefix[wraps ? count : end] as number) - (prefix[start] as number);
    if (wraps) sum += prefix[end - count] as number;
  }
  return sum;
}

function rootMeanSquare(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.max(Math.sqrt(sum / values.length), Number.MIN_VALUE);
}

import { type ResampledBlock, stationaryResamples, usualBlock } from "./stationary-bootstrap.ts";

/** How probable it is that the best lane's mean return would be this large if no lane had an edge over the benchmark. */
export type SuperiorAbility = {
  /** White's reality check. */
  readonly realityCheck: number;
  /** Hansen's test of superior predictive ability: the consistent p-value between its lower and upper bounds. */
  readonly spa: number;
  readonly spaLower: number;
  readonly spaUpper: number;
  /** Lanes that moved: those that are compared. */
  readonly lanes: number;
  /** Returns of each, resamples of them, and the mean length of a resample's blocks. */
  readonly count: number;
  readonly resamples: number;
  readonly meanBlock: number;
};

/** How both tests resample. */
export type Resampling = {
  readonly resamples: number;
  readonly seed: number;
  /** Mean block; the usual one for the number of returns when left out. */
  readonly meanBlock?: number;
  /** The standard deviation of a single return of each lane, where it is known better than from so few returns; else the bootstrap estimates the standard errors. */
  readonly deviations?: readonly number[];
};

/**
 * Both tests for data snooping over all lanes, by the same stationary bootstrap. H. White, "A Reality Check for Data Snooping", Econometrica 68, 2000: max √n d̄ against
 * max √n (d̄* - d̄). P. R. Hansen, "A Test for Superior Predictive Ability", JBES 23, 2005: max(0, √n d̄ / ω̂), where lanes with √n d̄ / ω̂ ≤ -√(2 log log n) keep their
 * mean under the null (consistent), all below 0 do (lower), or none (upper). Recentring as in the `SPA` class of the Python package arch, which divides by ω̂ only to tell
 * those lanes; the papers themselves were not at hand. `returns[lane]` are returns less
 * the benchmark's, period by period. Null below three periods or when no lane moves.
 */
export function superiorAbility(returns: readonly Float64Array[], resampling: Resampling): SuperiorAbility | null {
  const count = returns[0]?.length ?? 0;
  const { resamples, seed, deviations, meanBlock = usualBlock(count) } = resampling;
  const moving = returns.flatMap((values, lane) =>
    values.some((value) => value !== values[0]) ? [{ values, deviation: deviations?.[lane] }] : [],
  );
  if (count < 3 || moving.length === 0) return null;
  // Period by period: a draw then is a few passes over all lanes.
  const columns = Array.from({ length: count }, (_, k) =>
    Float64Array.from(moving, ({ values }) => values[k] as number),
  );
  const means = scaledSums(columns, new Float64Array(count).fill(1));
  const draws = () => centredDraws(columns, means, stationaryResamples(count, meanBlock, resamples, seed));
  const errors =
    deviations === undefined
      ? rootMeanSquares(draws(), resamples, moving.length)
      : Float64Array.from(moving, ({ deviation }) => Math.max(deviation ?? 0, Number.MIN_VALUE));
  const bound = threshold(count);
  const unscaled = errors.map(() => 1);
  const limits = [
    limitsOf(means, unscaled, Number.NEGATIVE_INFINITY, () => 0),
    limitsOf(means, errors, 0, (mean) => Math.min(mean, 0)),
    limitsOf(means, errors, 0, (mean, error) => (mean <= -error * bound ? mean : 0)),
    limitsOf(means, errors, 0, () => 0),
  ];
  const above = limits.map(() => 0);
  for (const draw of draws()) {
    for (const [i, own] of limits.entries()) if (isAnyAbove(draw, own)) above[i] = (above[i] as number) + 1;
  }
  const [realityCheck = 0, spaLower = 0, spa = 0, spaUpper = 0] = above.map((times) => times / resamples);
  return { realityCheck, spa, spaLower, spaUpper, lanes: moving.length, count, resamples, meanBlock };
}

/** √(2 log log n), by which Hansen tells lanes that are surely worse (0 for the shortest series). */
function threshold(count: number): number {
  return Math.sqrt(2 * Math.log(Math.max(1, Math.log(count))));
}

/**
 * What a lane's draw must be above for the maximum of (draw + shift) / error to be above the data's own, which is at least `floor`. Draws are centred; `shift` is what
 * stays of a lane's mean under the null.
 */
function limitsOf(
  means: Float64Array,
  errors: Float64Array,
  floor: number,
  shiftOf: (mean: number, error: number) => number,
): Float64Array {
  const observed = means.reduce((most, mean, lane) => Math.max(most, mean / (errors[lane] as number)), floor);
  return means.map((mean, lane) => observed * (errors[lane] as number) - shiftOf(mean, errors[lane] as number));
}

function isAnyAbove(draw: Float64Array, limits: Float64Array): boolean {
  for (let lane = 0; lane < draw.length; lane++) if ((draw[lane] as number) > (limits[lane] as number)) return true;
  return false;
}

/** √n × every lane's mean over each resample, less that of the data. */
function* centredDraws(
  columns: readonly Float64Array[],
  means: Float64Array,
  resamples: Iterable<readonly ResampledBlock[]>,
): Generator<Float64Array> {
  const count = columns.length;
  const weights = new Float64Array(count);
  for (const blocks of resamples) {
    weights.fill(0);
    for (const { start, length } of blocks)
      for (let k = start; k < start + length; k++) weights[k % count] = (weights[k % count] as number) + 1;
    const draw = scaledSums(columns, weights);
    for (let lane = 0; lane < draw.length; lane++) draw[lane] = (draw[lane] as number) - (means[lane] as number);
    yield draw;
  }
}

/** √n × every lane's mean of the values, each as often as its weight. */
function scaledSums(columns: readonly Float64Array[], weights: Float64Array): Float64Array {
  const sums = new Float64Array(columns[0]?.length ?? 0);
  const root = Math.sqrt(columns.length);
  for (const [k, column] of columns.entries()) {
    const weight = (weights[k] as number) / root;
    if (weight === 0) continue;
    for (let lane = 0; lane < sums.length; lane++)
      sums[lane] = (sums[lane] as number) + weight * (column[lane] as number);
  }
  return sums;
}

/** The bootstrap's own standard errors. */
function rootMeanSquares(draws: Iterable<Float64Array>, resamples: number, lanes: number): Float64Array {
  const squares = new Float64Array(lanes);
  for (const draw of draws)
    for (let lane = 0; lane < lanes; lane++)
      squares[lane] = (squares[lane] as number) + (draw[lane] as number) * (draw[lane] as number);
  return squares.map((sum) => Math.max(Math.sqrt(sum / resamples), Number.MIN_VALUE));
}

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
  const lanes = moving.map(({ values }) => values);
  const draws = () => weightsOf(stationaryResamples(count, meanBlock, resamples, seed), count);
  const means = Float64Array.from(lanes, (values) => scaledSum(values));
  const bootstrapped = deviations === undefined ? bootstrappedErrors(lanes, means, draws(), resamples) : undefined;
  const errors = Float64Array.from(moving, ({ deviation }, lane) =>
    Math.max(deviation ?? bootstrapped?.[lane] ?? 0, Number.MIN_VALUE),
  );
  const bound = threshold(count);
  const nulls: readonly Null[] = [
    nullOf(
      means,
      errors.map(() => 1),
      Number.NEGATIVE_INFINITY,
      () => 0,
    ),
    nullOf(means, errors, 0, (mean) => Math.min(mean, 0)),
    nullOf(means, errors, 0, (mean, error) => (mean <= -error * bound ? mean : 0)),
    nullOf(means, errors, 0, () => 0),
  ];
  const drawn = new Float64Array(lanes.length);
  const above = nulls.map(() => 0);
  for (const weights of draws()) {
    for (const [lane, values] of lanes.entries()) drawn[lane] = scaledSum(values, weights) - (means[lane] as number);
    for (const [i, each] of nulls.entries()) if (exceeds(drawn, each)) above[i] = (above[i] as number) + 1;
  }
  const [realityCheck = 0, spaLower = 0, spa = 0, spaUpper = 0] = above.map((times) => times / resamples);
  return { realityCheck, spa, spaLower, spaUpper, lanes: lanes.length, count, resamples, meanBlock };
}

/** √(2 log log n), by which Hansen tells lanes that are surely worse (0 for the shortest series). */
function threshold(count: number): number {
  return Math.sqrt(2 * Math.log(Math.max(1, Math.log(count))));
}

/** What a resample's maximum is compared with: the largest (draw + shift) / error against the data's own. Draws are centred; `shift` is what stays of a lane's mean under the null. */
type Null = {
  readonly shifts: Float64Array;
  readonly errors: Float64Array;
  readonly observed: number;
};

function nullOf(
  means: Float64Array,
  errors: Float64Array,
  floor: number,
  shiftOf: (mean: number, error: number) => number,
): Null {
  return {
    shifts: means.map((mean, lane) => shiftOf(mean, errors[lane] as number)),
    errors,
    observed: means.reduce((most, mean, lane) => Math.max(most, mean / (errors[lane] as number)), floor),
  };
}

function exceeds(drawn: Float64Array, { shifts, errors, observed }: Null): boolean {
  for (let lane = 0; lane < drawn.length; lane++)
    if (((drawn[lane] as number) + (shifts[lane] as number)) / (errors[lane] as number) > observed) return true;
  return false;
}

/** How often each value is in a resample; a view that the next one overwrites. */
function* weightsOf(resamples: Iterable<readonly ResampledBlock[]>, count: number): Generator<Float64Array> {
  const weights = new Float64Array(count);
  for (const blocks of resamples) {
    weights.fill(0);
    for (const { start, length } of blocks)
      for (let k = start; k < start + length; k++) weights[k % count] = (weights[k % count] as number) + 1;
    yield weights;
  }
}

/** √n × the mean, of the values or of a resample of them. */
function scaledSum(values: Float64Array, weights?: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++)
    sum += (weights === undefined ? 1 : (weights[k] as number)) * (values[k] as number);
  return sum / Math.sqrt(values.length);
}

function bootstrappedErrors(
  lanes: readonly Float64Array[],
  means: Float64Array,
  draws: Iterable<Float64Array>,
  resamples: number,
): Float64Array {
  const squares = new Float64Array(lanes.length);
  for (const weights of draws) {
    for (const [lane, values] of lanes.entries()) {
      const deviation = scaledSum(values, weights) - (means[lane] as number);
      squares[lane] = (squares[lane] as number) + deviation * deviation;
    }
  }
  return squares.map((sum) => Math.sqrt(sum / resamples));
}

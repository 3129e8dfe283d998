import { z } from "zod";
import { RandomGenerator, seedRandom } from "../engine/random.ts";
import { type Condition, firstBroken } from "./conditions.ts";
import type { Direction } from "./metric-directions.ts";
import { digitsOf, indexOfDigits, type ParameterSpace } from "./parameter-space.ts";
import { type ParzenEstimator, parzenEstimator } from "./parzen-estimator.ts";
import { uniformInteger } from "./uniform-integer.ts";

/** What an optimiser works on, and how. A round is asked and told together; the first `startup` trials are random. */
export type OptimiserSettings = {
  readonly space: ParameterSpace;
  readonly where: readonly Condition[];
  readonly direction: Direction;
  readonly seed: number;
  /** The sweep's window that it works for: each draws numbers of its own. */
  readonly window: number;
  readonly round: number;
  readonly startup: number;
};

const stateSchema = z.strictObject({
  format: z.literal(1),
  /** The points asked for, in order, and the objective of those that were told; null: failed, or not allowed to win. */
  asked: z.array(z.int().min(0)),
  told: z.array(z.number().nullable()),
});

/** All that an optimiser remembers, as JSON: the trials and nothing else. */
export type OptimiserState = z.output<typeof stateSchema>;

export const newOptimiser: OptimiserState = { format: 1, asked: [], told: [] };

/** Reads a stored state; throws ZodError for anything else. */
export function decodeOptimiserState(value: unknown): OptimiserState {
  return stateSchema.parse(value);
}

/**
 * Asks for up to `count` further points of the current round; none while the round is full and not all told, or when the space holds no more. Trial t follows from
 * the seed, t, the points asked before it and the values of the rounds before its own, so that 100 trials and 100 more on resume are the 200 of one go,
 * wherever the cut.
 */
export function ask(settings: OptimiserSettings, state: OptimiserState, count: number): OptimiserState {
  const asked = [...state.asked];
  for (let i = 0; i < count; i++) {
    const roundStart = asked.length - (asked.length % settings.round);
    if (state.told.length < roundStart) break;
    const point = propose(settings, asked, state.told.slice(0, roundStart));
    if (point === undefined) break;
    asked.push(point);
  }
  return { ...state, asked };
}

/** Tells the values of the next trials, in the order in which they were asked. Throws RangeError for more than were asked. */
export function tell(state: OptimiserState, values: readonly (number | null)[]): OptimiserState {
  const told = [...state.told, ...values];
  if (told.length > state.asked.length) {
    throw new RangeError(`An optimiser asked for ${state.asked.length} trials, found ${told.length} values.`);
  }
  return { ...state, told };
}

/** Candidates drawn from the better side, of which the most promising is taken (Bergstra and others use 24). */
const candidateCount = 24;
const drawAttempts = 2_000;

function propose(
  settings: OptimiserSettings,
  asked: readonly number[],
  values: readonly (number | null)[],
): number | undefined {
  const { space, where, seed, window } = settings;
  const stream = window === 0 ? "" : `window ${window}, `;
  const random = new RandomGenerator(seedRandom(seed, `${stream}trial ${asked.length}`));
  const taken = new Set(asked);
  const isFree = (index: number) => !taken.has(index) && firstBroken(where, space.pointAt(index)) === undefined;
  if (asked.length < settings.startup || values.length === 0) return randomPoint(space, random, isFree);
  return modelledPoint(settings, asked, values, random, isFree) ?? randomPoint(space, random, isFree);
}

function modelledPoint(
  { space, direction }: OptimiserSettings,
  asked: readonly number[],
  values: readonly (number | null)[],
  random: RandomGenerator,
  isFree: (index: number) => boolean,
): number | undefined {
  const { better, others } = split(values, direction);
  const digits = asked.map((index) => digitsOf(space.axes, index));
  const estimators = (trials: readonly number[]): ParzenEstimator[] =>
    space.axes.map((axis, i) =>
      parzenEstimator(
        axis,
        trials.map((trial) => digits[trial]?.[i] as number),
      ),
    );
  const [good, rest] = [estimators(better), estimators(others)];
  let best: { readonly index: number; readonly promise: number } | undefined;
  let candidates = 0;
  for (let attempt = 0; attempt < drawAttempts && candidates < candidateCount; attempt++) {
    const drawn = good.map((estimator) => estimator.sample(random));
    const index = indexOfDigits(space.axes, drawn);
    if (!isFree(index)) continue;
    candidates += 1;
    const promise = drawn.reduce(
      (sum, digit, i) =>
        sum +
        Math.log((good[i] as ParzenEstimator).probability(digit) / (rest[i] as ParzenEstimator).probability(digit)),
      0,
    );
    if (best === undefined || promise > best.promise) best = { index, promise };
  }
  return best?.index;
}

/** The best quarter of the square root of the trials, at most 25, against the others (the rule of the authors' hyperopt). Equals stay in order; null is worst. */
function split(values: readonly (number | null)[], direction: Direction) {
  const sign = direction === "maximise" ? -1 : 1;
  const rank = (trial: number) => {
    const value = values[trial];
    return typeof value === "number" ? sign * value : Number.POSITIVE_INFINITY;
  };
  const order = values.map((_, trial) => trial).sort((a, b) => (rank(a) === rank(b) ? a - b : rank(a) - rank(b)));
  const count = Math.min(25, Math.max(1, Math.ceil(0.25 * Math.sqrt(values.length))));
  return { better: order.slice(0, count), others: order.slice(count) };
}

/** A scan after unlucky draws looks at no more points than this. */
const mostScanned = 100_000;

function randomPoint(
  { size }: ParameterSpace,
  random: RandomGenerator,
  isFree: (index: number) => boolean,
): number | undefined {
  for (let attempt = 0; attempt < drawAttempts; attempt++) {
    const index = uniformInteger(random, size);
    if (isFree(index)) return index;
  }
  const start = uniformInteger(random, size);
  for (let i = 0; i < Math.min(size, mostScanned); i++) {
    const index = (start + i) % size;
    if (isFree(index)) return index;
  }
  return undefined;
}

import { RandomGenerator, seedRandom } from "../engine/random.ts";
import { uniform53, uniformInteger } from "./uniform-integer.ts";

/** Blocks [start, start + length) of a series taken as a circle; together as long as the series. */
export type ResampledBlock = { readonly start: number; readonly length: number };

/**
 * Resamples of a series of `count` values by the stationary bootstrap: blocks begin anywhere and have geometric lengths with this mean (D. N. Politis and J. P.
 * Romano, "The Stationary Bootstrap", JASA 89, 1303-1313, 1994; as D. J. Nordman describes it, Annals of Statistics 37, 2009). The same seed gives the same resamples.
 */
export function* stationaryResamples(
  count: number,
  meanBlock: number,
  resamples: number,
  seed: number,
): Generator<readonly ResampledBlock[]> {
  const random = new RandomGenerator(seedRandom(seed, "stationary bootstrap"));
  for (let i = 0; i < resamples; i++) {
    const blocks: ResampledBlock[] = [];
    for (let filled = 0; filled < count; ) {
      const start = uniformInteger(random, count);
      const length = Math.min(geometric(random, meanBlock), count - filled);
      blocks.push({ start, length });
      filled += length;
    }
    yield blocks;
  }
}

/** A mean block of the cube root of the number of values, the order that Politis and Romano give for the best one; at least 1. */
export function usualBlock(count: number): number {
  return Math.max(1, Math.round(Math.cbrt(count)));
}

function geometric(random: RandomGenerator, mean: number): number {
  if (mean <= 1) return 1;
  return 1 + Math.floor(Math.log(1 - uniform53(random)) / Math.log(1 - 1 / mean));
}

import type { RandomGenerator } from "../engine/random.ts";
import { sobolDirections } from "./sobol-directions.ts";

export const mostSobolDimensions = sobolDirections.length + 1;
const bits = 32;

/** Points of the unit cube that fill it evenly; `next` gives the next one, each coordinate in [0, 1). */
export type PointSequence = { next(): number[] };

/**
 * The Sobol sequence in Gray code order (Antonov and Saleev, 1979) with the directions of Joe and Kuo (2008), scrambled by a random digital shift
 * (Cranley and Patterson's shift in base 2; L'Ecuyer and Lemieux, "Recent Advances in Randomized Quasi-Monte Carlo Methods", 2002), one for
 * each dimension; without `random` it is not shifted and begins with the origin. At most 2³² points and `mostSobolDimensions` dimensions.
 */
export function sobolSequence(dimensions: number, random?: RandomGenerator): PointSequence {
  if (dimensions > mostSobolDimensions) {
    throw new RangeError(`A Sobol sequence has at most ${mostSobolDimensions} dimensions here, found ${dimensions}.`);
  }
  const directions = Array.from({ length: dimensions }, (_, dimension) => directionNumbers(dimension));
  const state = new Int32Array(dimensions);
  if (random !== undefined)
    for (let d = 0; d < dimensions; d++) state[d] = Math.floor(random.next() * 4_294_967_296) | 0;
  let done = 0;
  return {
    next: () => {
      const point = Array.from(state, (word) => (word >>> 0) / 4_294_967_296);
      const lowestZeroBit = 31 - Math.clz32(~done & (done + 1));
      for (let d = 0; d < dimensions; d++) state[d] = (state[d] as number) ^ (directions[d]?.[lowestZeroBit] ?? 0);
      done += 1;
      return point;
    },
  };
}

/** The 32 direction numbers v_1 … v_32 of a dimension, as 32-bit words. */
function directionNumbers(dimension: number): Int32Array {
  const v = new Int32Array(bits);
  const row = sobolDirections[dimension - 1];
  if (row === undefined) {
    for (let i = 0; i < bits; i++) v[i] = 1 << (bits - 1 - i);
    return v;
  }
  const degree = row.initial.length;
  for (let i = 0; i < bits; i++) {
    if (i < degree) {
      v[i] = (row.initial[i] as number) << (bits - 1 - i);
      continue;
    }
    let word = (v[i - degree] as number) ^ ((v[i - degree] as number) >>> degree);
    for (let k = 1; k < degree; k++) {
      if (((row.polynomial >> (degree - k)) & 1) === 1) word ^= v[i - k] as number;
    }
    v[i] = word;
  }
  return v;
}

import type { RandomGenerator } from "../engine/random.ts";
import type { PointSequence } from "./sobol.ts";
import { shuffled, uniform53 } from "./uniform-integer.ts";

/**
 * Latin hypercube designs of `count` points, one after another: in every design and every dimension each of `count` equal slices holds one point, at a
 * random place in it (McKay, Beckman and Conover, Technometrics 21, 239-245, 1979).
 */
export function latinHypercube(dimensions: number, count: number, random: RandomGenerator): PointSequence {
  const slices = Array.from({ length: count }, (_, slice) => slice);
  let design: number[][] = [];
  let at = count;
  return {
    next: () => {
      if (at === count) {
        design = Array.from({ length: dimensions }, () => shuffled(slices, random));
        at = 0;
      }
      const row = at++;
      return design.map((order) => ((order[row] as number) + uniform53(random)) / count);
    },
  };
}

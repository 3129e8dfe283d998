import { RandomGenerator, seedRandom } from "../engine/random.ts";
import { type Condition, firstBroken } from "./conditions.ts";
import { latinHypercube } from "./latin-hypercube.ts";
import { indexOfDigits, type ParameterSpace } from "./parameter-space.ts";
import { mostSobolDimensions, type PointSequence, sobolSequence } from "./sobol.ts";
import { SweepSpecError } from "./sweep-spec-error.ts";
import { uniformInteger } from "./uniform-integer.ts";

/** How points of a space are chosen. */
export type SampleMethod = {
  readonly kind: "random" | "latin-hypercube" | "sobol";
  readonly n: number;
  readonly seed: number;
};

/** Points looked at before a sample is given up: for the conditions, and for points that fall on one already drawn. */
export const attemptsOf = (n: number): number => 100_000 + 1_000 * n;

/**
 * The numbers of `n` different points that meet the conditions, in ascending order (the order of ties). Random points are drawn without
 * replacement, so that a larger n with the same seed holds the smaller sample. When the whole space holds fewer, all of them. Throws
 * SweepSpecError when fewer are found in the stated number of attempts.
 */
export function samplePoints(space: ParameterSpace, where: readonly Condition[], method: SampleMethod): number[] {
  const candidates = candidateIndexes(space, method);
  const chosen = new Set<number>();
  const attempts = attemptsOf(method.n);
  let exhausted = false;
  for (let attempt = 0; attempt < attempts && chosen.size < method.n; attempt++) {
    const index = candidates();
    if (index === undefined) {
      exhausted = true;
      break;
    }
    if (!chosen.has(index) && firstBroken(where, space.pointAt(index)) === undefined) chosen.add(index);
  }
  if (chosen.size < method.n && !exhausted && chosen.size < space.size) refuseTooFew(space, where, method, chosen.size);
  return [...chosen].sort((a, b) => a - b);
}

function refuseTooFew(
  space: ParameterSpace,
  where: readonly Condition[],
  { n, kind }: SampleMethod,
  found: number,
): never {
  const why = where.length === 0 ? "" : ` and ${where.map(({ text }) => text).join(", ")}`;
  throw new SweepSpecError(
    `method.n: expected ${n} different points of ${space.size}${why}, found ${found} in ${attemptsOf(n)} attempts (${kind}). Ask for fewer, loosen where, or use method.kind: grid.`,
  );
}

/** A function that gives one candidate's number after another, and undefined when the space has no more. */
function candidateIndexes(space: ParameterSpace, { kind, n, seed }: SampleMethod): () => number | undefined {
  const random = new RandomGenerator(seedRandom(seed, kind));
  const dimensions = space.axes.length;
  switch (kind) {
    case "random":
      return randomOrder(space.size, random);
    case "latin-hypercube":
      return fromCube(space, latinHypercube(dimensions, n, random));
    case "sobol":
      if (dimensions > mostSobolDimensions) {
        throw new SweepSpecError(
          `method.kind: sobol takes at most ${mostSobolDimensions} parameters, found ${dimensions}. Use latin-hypercube or random.`,
        );
      }
      return fromCube(space, sobolSequence(dimensions, random));
  }
}

/** All numbers below `size` in random order: Fisher and Yates' shuffle of which only the moved entries are kept. */
function randomOrder(size: number, random: RandomGenerator): () => number | undefined {
  const moved = new Map<number, number>();
  let done = 0;
  return () => {
    if (done === size) return undefined;
    const other = done + uniformInteger(random, size - done);
    const drawn = moved.get(other) ?? other;
    moved.set(other, moved.get(done) ?? done);
    moved.delete(done);
    done += 1;
    return drawn;
  };
}

function fromCube(space: ParameterSpace, sequence: PointSequence): () => number {
  return () => {
    const digits = sequence.next().map((u, i) => Math.floor(u * (space.axes[i]?.count ?? 1)));
    return indexOfDigits(space.axes, digits);
  };
}

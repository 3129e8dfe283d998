import type { RandomGenerator } from "../engine/random.ts";

/** A whole number in [0, bound), bound at most 2⁵³, from the generator's next two numbers (53 bits, so that the bias is below 2⁻⁵³ × bound). */
export function uniformInteger(random: RandomGenerator, bound: number): number {
  return Math.floor(uniform53(random) * bound);
}

/** A number in [0, 1) with 53 random bits. */
export function uniform53(random: RandomGenerator): number {
  const high = Math.floor(random.next() * 134_217_728); // 27 bits
  const low = Math.floor(random.next() * 67_108_864); // 26 bits
  return (high * 67_108_864 + low) / 9_007_199_254_740_992;
}

/** The values in random order (Fisher and Yates; Durstenfeld, CACM 7, 1964, algorithm 235). */
export function shuffled<Value>(values: readonly Value[], random: RandomGenerator): Value[] {
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = uniformInteger(random, i + 1);
    [result[i], result[j]] = [result[j] as Value, result[i] as Value];
  }
  return result;
}

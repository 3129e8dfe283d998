/**
 * Small fast counter generator, 128 bits of state (sfc32, Chris Doty-Humphrey, PractRand). Integer arithmetic only, so that every
 * processor gives the same numbers; its state is part of the lane's state.
 */
export class RandomGenerator {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(state: RandomState) {
    [this.#a, this.#b, this.#c, this.#counter] = state;
  }

  /** The next number, uniform in [0, 1), with 32 random bits. */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  }

  save(): RandomState {
    return [this.#a, this.#b, this.#c, this.#counter];
  }
}

export type RandomState = readonly [number, number, number, number];

/** The starting state for a spec's seed and a lane's parameters (their canonical text): the same alone or among a thousand lanes. */
export function seedRandom(seed: number, laneText: string): RandomState {
  const words = [seed | 0, Math.floor(seed / 4_294_967_296) | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0];
  for (let i = 0; i < laneText.length; i++) {
    const k = i & 3;
    words[k] = Math.imul((words[k] ?? 0) ^ laneText.charCodeAt(i), 0x85ebca6b + 2 * k);
  }
  const generator = new RandomGenerator([words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, words[3] ?? 0]);
  for (let i = 0; i < 20; i++) generator.next();
  return generator.save();
}

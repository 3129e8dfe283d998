import type { Column, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { type DefinedRun, overDefinedRuns, type RunKernel } from "./defined-runs.ts";
import { savedNumber } from "./kernel-state.ts";
import { requireLength } from "./parameter-checks.ts";

/**
 * Relative strength index, 0 to 100: 100 · gain / (gain + loss), where gain and loss are the averages of the upward and
 * downward changes, the mean of the first `length` of them and from then on a[t] = a[t−1] + (x − a[t−1]) / length (Wilder 1978).
 * 100 when nothing fell, 0 when nothing rose, 50 when nothing moved at all. First defined at the bar `length` of the input's defined bars.
 */
export function rsi(input: Column, length: number): Column {
  requireLength("rsi", "length", length);
  return { kind: "kernel", kernel: rsiKernel, params: { length }, inputs: [input], output: "value" };
}

export const rsiKernel: KernelDefinition = {
  name: "rsi",
  outputs: ["value"],
  create: ({ length }) => overDefinedRuns(new RsiKernel(length)),
};

class RsiKernel implements RunKernel {
  readonly #length: number;
  // Values seen, counted up to length + 1.
  #seen = 0;
  #previous = 0;
  #gain = 0;
  #loss = 0;

  constructor(length: number) {
    this.#length = length;
  }

  advance([input]: readonly Float64Array[], [strengths]: readonly Float64Array[], { from, to }: DefinedRun): void {
    let i = from;
    for (; i < to && this.#seen <= this.#length; i++) {
      // The first value has no change; the weights 1, 1/2, 1/3, … give the mean of the changes so far.
      if (this.#seen === 0) this.#previous = input[i];
      this.#slide(input, strengths, { from: i, to: i + 1, weight: this.#seen === 0 ? 0 : 1 / this.#seen });
      this.#seen++;
      if (this.#seen <= this.#length) strengths[i] = Number.NaN;
    }
    this.#slide(input, strengths, { from: i, to, weight: 1 / this.#length });
  }

  clear(): void {
    this.#seen = 0;
    this.#previous = 0;
    this.#gain = 0;
    this.#loss = 0;
  }

  save(): JsonValue {
    // Adding 0 turns -0, which JSON does not know, into 0.
    return { seen: this.#seen, previous: this.#previous + 0, gain: this.#gain, loss: this.#loss };
  }

  restore(state: JsonValue): void {
    this.#seen = savedNumber(state, "seen");
    this.#previous = savedNumber(state, "previous");
    this.#gain = savedNumber(state, "gain");
    this.#loss = savedNumber(state, "loss");
  }

  #slide(input: Float64Array, strengths: Float64Array, bars: { from: number; to: number; weight: number }): void {
    const { from, to, weight } = bars;
    let previous = this.#previous;
    let gain = this.#gain;
    let loss = this.#loss;
    for (let i = from; i < to; i++) {
      const change = input[i] - previous;
      previous = input[i];
      const size = Math.abs(change);
      // Half of |x| + x is x where that is above 0, else 0: exact, and without a branch that the processor cannot foresee.
      gain += ((size + change) / 2 - gain) * weight;
      loss += ((size - change) / 2 - loss) * weight;
      strengths[i] = strength(gain, loss);
    }
    this.#previous = previous;
    this.#gain = gain;
    this.#loss = loss;
  }
}

function strength(gain: number, loss: number): number {
  const movement = gain + loss;
  return movement === 0 ? 50 : (100 * gain) / movement;
}

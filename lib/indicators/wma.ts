import type { Column, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { overDefinedRuns } from "./defined-runs.ts";
import { savedNumber } from "./kernel-state.ts";
import { requireLength } from "./parameter-checks.ts";
import { type WindowBlock, type WindowFold, WindowKernel } from "./window-kernel.ts";

/**
 * Weighted moving average: the mean of the last `length` values with the weights 1 (oldest) to `length` (newest). First
 * defined at the bar `length` − 1 of the input's defined bars.
 */
export function wma(input: Column, length: number): Column {
  requireLength("wma", "length", length);
  return { kind: "kernel", kernel: wmaKernel, params: { length }, inputs: [input], output: "value" };
}

export const wmaKernel: KernelDefinition = {
  name: "wma",
  outputs: ["value"],
  create: ({ length }) => overDefinedRuns(new WindowKernel(length, new WeightedSum(length))),
};

class WeightedSum implements WindowFold {
  readonly #length: number;
  #sum = 0;
  #weighted = 0;

  constructor(length: number) {
    this.#length = length;
  }

  slide({ tape, from, to, at, rebuild }: WindowBlock, [averages]: readonly Float64Array[]): void {
    const length = this.#length;
    const weights = (length * (length + 1)) / 2;
    let sum = this.#sum;
    let weighted = this.#weighted;
    let j = from;
    if (rebuild) {
      sum = 0;
      weighted = 0;
      for (let weight = 1; weight <= length; weight++) {
        sum += tape[j + weight];
        weighted += weight * tape[j + weight];
      }
      averages[at + j] = weighted / weights;
      j++;
    }
    for (; j < to; j++) {
      // A new bar lowers the weight of each value before it by one, the oldest one's to zero.
      weighted += length * tape[j + length] - sum;
      sum += tape[j + length] - tape[j];
      averages[at + j] = weighted / weights;
    }
    this.#sum = sum;
    this.#weighted = weighted;
  }

  save(): JsonValue {
    return { sum: this.#sum, weighted: this.#weighted };
  }

  restore(sums: JsonValue): void {
    this.#sum = savedNumber(sums, "sum");
    this.#weighted = savedNumber(sums, "weighted");
  }
}

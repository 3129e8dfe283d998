import type { Column, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { overDefinedRuns } from "./defined-runs.ts";
import { savedNumber } from "./kernel-state.ts";
import { requireLength } from "./parameter-checks.ts";
import { type WindowBlock, type WindowFold, WindowKernel } from "./window-kernel.ts";

/** Simple moving average: the mean of the last `length` values. First defined at the bar `length` − 1 of the input's defined bars. */
export function sma(input: Column, length: number): Column {
  requireLength("sma", "length", length);
  return { kind: "kernel", kernel: smaKernel, params: { length }, inputs: [input], output: "value" };
}

export const smaKernel: KernelDefinition = {
  name: "sma",
  outputs: ["value"],
  create: ({ length }) => overDefinedRuns(new WindowKernel(length, new RunningSum(length))),
};

class RunningSum implements WindowFold {
  readonly #length: number;
  #sum = 0;

  constructor(length: number) {
    this.#length = length;
  }

  slide({ tape, from, to, at, rebuild }: WindowBlock, [means]: readonly Float64Array[]): void {
    const length = this.#length;
    let sum = this.#sum;
    let j = from;
    if (rebuild) {
      sum = 0;
      for (let k = j + 1; k <= j + length; k++) sum += tape[k];
      means[at + j] = sum / length;
      j++;
    }
    for (; j < to; j++) {
      sum += tape[j + length] - tape[j];
      means[at + j] = sum / length;
    }
    this.#sum = sum;
  }

  save(): JsonValue {
    return { sum: this.#sum };
  }

  restore(sums: JsonValue): void {
    this.#sum = savedNumber(sums, "sum");
  }
}

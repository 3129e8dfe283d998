import type { Column, KernelDefinition } from "../engine/columns.ts";
import { overDefinedRuns } from "./defined-runs.ts";
import { requireLength } from "./parameter-checks.ts";
import { type WindowBlock, type WindowFold, WindowKernel } from "./window-kernel.ts";

/** The sum of the last `length` values, added up anew at each bar. First defined at the bar `length` − 1 of the input's defined bars. */
export function total(input: Column, length: number): Column {
  requireLength("total", "length", length);
  return { kind: "kernel", kernel: totalKernel, params: { length }, inputs: [input], output: "value" };
}

export const totalKernel: KernelDefinition = {
  name: "total",
  outputs: ["value"],
  create: ({ length }) => overDefinedRuns(new WindowKernel(length, new Total(length))),
};

/** A running sum would keep the rounding errors of values that have left: a sum of flows could then fall below zero. */
class Total implements WindowFold {
  readonly #length: number;

  constructor(length: number) {
    this.#length = length;
  }

  slide({ tape, from, to, at }: WindowBlock, [totals]: readonly Float64Array[]): void {
    const length = this.#length;
    for (let j = from; j < to; j++) {
      let sum = 0;
      for (let k = j + 1; k <= j + length; k++) sum += tape[k];
      totals[at + j] = sum;
    }
  }

  save(): null {
    return null;
  }

  restore(): void {}
}

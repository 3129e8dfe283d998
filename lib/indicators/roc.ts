import type { Column, KernelDefinition } from "../engine/columns.ts";
import { overDefinedRuns } from "./defined-runs.ts";
import { requireLength } from "./parameter-checks.ts";
import { type WindowBlock, type WindowFold, WindowKernel } from "./window-kernel.ts";

/**
 * Rate of change in percent: 100 · (x[t] − x[t − length]) / x[t − length]; undefined where the earlier value is 0. First defined at the bar
 * `length` of the input's defined bars.
 */
export function roc(input: Column, length: number): Column {
  requireLength("roc", "length", length);
  return { kind: "kernel", kernel: rocKernel, params: { length }, inputs: [input], output: "value" };
}

export const rocKernel: KernelDefinition = {
  name: "roc",
  outputs: ["value"],
  create: ({ length }) => overDefinedRuns(new WindowKernel(length + 1, new Change(length))),
};

class Change implements WindowFold {
  readonly #length: number;

  constructor(length: number) {
    this.#length = length;
  }

  slide({ tape, from, to, at }: WindowBlock, [changes]: readonly Float64Array[]): void {
    const length = this.#length;
    for (let j = from; j < to; j++) {
      const earlier = tape[j + 1];
      // Adding 0 turns -0, which JSON does not know, into 0.
      changes[at + j] = earlier === 0 ? Number.NaN : (100 * (tape[j + 1 + length] - earlier)) / earlier + 0;
    }
  }

  save(): null {
    return null;
  }

  restore(): void {}
}

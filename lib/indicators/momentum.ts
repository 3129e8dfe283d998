import type { Column, KernelDefinition } from "../engine/columns.ts";
import { overDefinedRuns } from "./defined-runs.ts";
import { requireLength } from "./parameter-checks.ts";
import { type WindowBlock, type WindowFold, WindowKernel } from "./window-kernel.ts";

/** Momentum (TA-Lib MOM): x[t] − x[t − length]. First defined at the bar `length` of the input's defined bars. */
export function momentum(input: Column, length: number): Column {
  requireLength("momentum", "length", length);
  return { kind: "kernel", kernel: momentumKernel, params: { length }, inputs: [input], output: "value" };
}

export const momentumKernel: KernelDefinition = {
  name: "momentum",
  outputs: ["value"],
  create: ({ length }) => overDefinedRuns(new WindowKernel(length + 1, new Difference(length))),
};

class Difference implements WindowFold {
  readonly #length: number;

  constructor(length: number) {
    this.#length = length;
  }

  slide({ tape, from, to, at }: WindowBlock, [differences]: readonly Float64Array[]): void {
    // Adding 0 turns -0, which JSON does not know, into 0.
    for (let j = from; j < to; j++) differences[at + j] = tape[j + 1 + this.#length] - tape[j + 1] + 0;
  }

  save(): null {
    return null;
  }

  restore(): void {}
}

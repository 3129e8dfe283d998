import type { Column, KernelDefinition } from "../engine/columns.ts";
import { overDefinedRuns } from "./defined-runs.ts";
import { requireLength } from "./parameter-checks.ts";
import { typicalPrice } from "./typical-price.ts";
import { type WindowBlock, type WindowFold, WindowKernel } from "./window-kernel.ts";

/**
 * Commodity channel index (Lambert 1980; as TA-Lib): (x − mean) / (0.015 · mean absolute deviation) of the typical prices of the last `length`
 * bars; 0 where they are all equal. First defined at the bar `length` − 1.
 */
export function cci(length: number): Column {
  requireLength("cci", "length", length);
  return { kind: "kernel", kernel: cciKernel, params: { length }, inputs: [typicalPrice], output: "value" };
}

export const cciKernel: KernelDefinition = {
  name: "cci",
  outputs: ["value"],
  create: ({ length }) => overDefinedRuns(new WindowKernel(length, new ChannelIndex(length))),
};

class ChannelIndex implements WindowFold {
  readonly #length: number;

  constructor(length: number) {
    this.#length = length;
  }

  slide({ tape, from, to, at }: WindowBlock, [indexes]: readonly Float64Array[]): void {
    const length = this.#length;
    for (let j = from; j < to; j++) {
      // Differences from the newest value, so that equal values have deviations of exactly 0.
      const newest = tape[j + length];
      let sum = 0;
      for (let k = j + 1; k <= j + length; k++) sum += tape[k] - newest;
      const mean = sum / length;
      let deviations = 0;
      for (let k = j + 1; k <= j + length; k++) deviations += Math.abs(tape[k] - newest - mean);
      // Adding 0 turns -0, which JSON does not know, into 0.
      indexes[at + j] = deviations === 0 ? 0 : -mean / (0.015 * (deviations / length)) + 0;
    }
  }

  save(): null {
    return null;
  }

  restore(): void {}
}

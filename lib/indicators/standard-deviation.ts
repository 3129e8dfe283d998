import type { Column, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { overDefinedRuns } from "./defined-runs.ts";
import { requireLength } from "./parameter-checks.ts";
import { type WindowBlock, type WindowFold, WindowKernel } from "./window-kernel.ts";
import { WindowMoments } from "./window-moments.ts";

/** Whether the squared deviations are divided by the count ("population") or by the count less one ("sample"). */
export type DeviationKind = "population" | "sample";

/**
 * Standard deviation of the last `length` values: √(Σ(x − mean)² / length), or / (length − 1) for "sample", which needs a length of at
 * least 2. Exactly 0 when the values are equal. First defined at the bar `length` − 1 of the input's defined bars. In `params`, sample is 0 or 1.
 */
export function standardDeviation(input: Column, length: number, kind: DeviationKind): Column {
  requireLength("standard-deviation", "length", length, kind === "sample" ? 2 : 1);
  const params = { length, sample: kind === "sample" ? 1 : 0 };
  return { kind: "kernel", kernel: standardDeviationKernel, params, inputs: [input], output: "value" };
}

export const standardDeviationKernel: KernelDefinition = {
  name: "standard-deviation",
  outputs: ["value"],
  create: ({ length, sample }) => overDefinedRuns(new WindowKernel(length, new Deviations(length, length - sample))),
};

class Deviations implements WindowFold {
  readonly #moments: WindowMoments;
  readonly #divisor: number;

  constructor(length: number, divisor: number) {
    this.#moments = new WindowMoments(length);
    this.#divisor = divisor;
  }

  slide(block: WindowBlock, [deviations]: readonly Float64Array[]): void {
    const divisor = this.#divisor;
    const { squares } = this.#moments;
    this.#moments.slide(block);
    for (let j = block.from; j < block.to; j++) deviations[block.at + j] = Math.sqrt(squares[j] / divisor);
  }

  save(): JsonValue {
    return this.#moments.save();
  }

  restore(sums: JsonValue): void {
    this.#moments.restore(sums);
  }
}

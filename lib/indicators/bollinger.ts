import type { Column, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { overDefinedRuns } from "./defined-runs.ts";
import { requireFinite, requireLength } from "./parameter-checks.ts";
import { type WindowBlock, type WindowFold, WindowKernel } from "./window-kernel.ts";
import { WindowMoments } from "./window-moments.ts";

/**
 * Bollinger bands: the mean of the last `length` values, and `deviations` population standard deviations above and below it
 * (Bollinger 2001). All three lie on each other, to the last bit, while the values are equal. First defined at the bar `length` − 1 of the input's defined bars.
 */
export function bollinger(
  input: Column,
  length: number,
  deviations: number,
): { readonly middle: Column; readonly upper: Column; readonly lower: Column } {
  requireLength("bollinger", "length", length);
  requireFinite("bollinger", "deviations", deviations);
  const band = (output: string): Column => ({
    kind: "kernel",
    kernel: bollingerKernel,
    params: { length, deviations },
    inputs: [input],
    output,
  });
  return { middle: band("middle"), upper: band("upper"), lower: band("lower") };
}

export const bollingerKernel: KernelDefinition = {
  name: "bollinger",
  outputs: ["middle", "upper", "lower"],
  create: ({ length, deviations }) => overDefinedRuns(new WindowKernel(length, new Bands(length, deviations))),
};

class Bands implements WindowFold {
  readonly #moments: WindowMoments;
  readonly #length: number;
  readonly #deviations: number;

  constructor(length: number, deviations: number) {
    this.#moments = new WindowMoments(length);
    this.#length = length;
    this.#deviations = deviations;
  }

  slide(block: WindowBlock, [middles, uppers, lowers]: readonly Float64Array[]): void {
    const length = this.#length;
    const deviations = this.#deviations;
    const { means, squares } = this.#moments;
    this.#moments.slide(block);
    for (let j = block.from; j < block.to; j++) {
      const width = deviations * Math.sqrt(squares[j] / length);
      middles[block.at + j] = means[j];
      uppers[block.at + j] = means[j] + width;
      lowers[block.at + j] = means[j] - width;
    }
  }

  save(): JsonValue {
    return this.#moments.save();
  }

  restore(sums: JsonValue): void {
    this.#moments.restore(sums);
  }
}

import type { Column, KernelDefinition } from "../engine/columns.ts";
import { plus, ratioOrZero } from "./arithmetic.ts";
import { close, high, low, open } from "./bar-columns.ts";
import { overDefinedRuns } from "./defined-runs.ts";
import { requireLength } from "./parameter-checks.ts";
import { total } from "./total.ts";
import { type WindowBlock, type WindowFold, WindowKernel } from "./window-kernel.ts";

/**
 * Relative vigor index (Ehlers 2002; as pandas-ta rvgi): the sum over `length` bars of the symmetrically weighted close − open over that of high − low,
 * weights 1, 2, 2, 1 over four bars; 0 where no bar has a range. The signal is its symmetrically weighted mean. First defined: rvi at
 * the bar `length` + 2, signal three bars later.
 */
export function rvi(length: number): { readonly rvi: Column; readonly signal: Column } {
  requireLength("rvi", "length", length);
  const rise = total(symmetric(plus(close, open, -1)), length);
  const range = total(symmetric(plus(high, low, -1)), length);
  const line = ratioOrZero(rise, range);
  return { rvi: line, signal: symmetric(line) };
}

function symmetric(input: Column): Column {
  return { kind: "kernel", kernel: symmetricKernel, params: {}, inputs: [input], output: "value" };
}

/** (x[t] + 2 · x[t−1] + 2 · x[t−2] + x[t−3]) / 6. First defined at the fourth of the input's defined bars. */
export const symmetricKernel: KernelDefinition = {
  name: "symmetric",
  outputs: ["value"],
  create: () => overDefinedRuns(new WindowKernel(4, symmetricMean)),
};

const symmetricMean: WindowFold = {
  slide({ tape, from, to, at }: WindowBlock, [means]: readonly Float64Array[]): void {
    for (let j = from; j < to; j++) {
      // Adding 0 turns -0, which JSON does not know, into 0.
      means[at + j] = (tape[j + 1] + 2 * tape[j + 2] + 2 * tape[j + 3] + tape[j + 4]) / 6 + 0;
    }
  },
  save: () => null,
  restore() {},
};

import type { Column, KernelDefinition } from "../engine/columns.ts";
import { plus } from "./arithmetic.ts";
import { high, low } from "./bar-columns.ts";
import { overDefinedRuns } from "./defined-runs.ts";
import { requireLength } from "./parameter-checks.ts";
import { type WindowBlock, type WindowFold, WindowKernel } from "./window-kernel.ts";

/**
 * Aroon (Chande 1995; as TA-Lib): up is 100 · (length − bars since the highest high) / length over the current bar and the `length` before it, down
 * the same of the lowest low, the oscillator up − down; of equal extremes the newest counts. First defined at the bar `length`.
 */
export function aroon(length: number): { readonly up: Column; readonly down: Column; readonly oscillator: Column } {
  requireLength("aroon", "length", length);
  const up: Column = {
    kind: "kernel",
    kernel: sinceHighestKernel,
    params: { length },
    inputs: [high],
    output: "value",
  };
  const down: Column = {
    kind: "kernel",
    kernel: sinceLowestKernel,
    params: { length },
    inputs: [low],
    output: "value",
  };
  return { up, down, oscillator: plus(up, down, -1) };
}

/** 100 where the newest value is the greatest of the last `length` + 1, 0 where the oldest is. */
export const sinceHighestKernel: KernelDefinition = {
  name: "since-highest",
  outputs: ["value"],
  create: ({ length }) => overDefinedRuns(new WindowKernel(length + 1, new SinceExtreme(length, 1))),
};

/** 100 where the newest value is the least of the last `length` + 1, 0 where the oldest is. */
export const sinceLowestKernel: KernelDefinition = {
  name: "since-lowest",
  outputs: ["value"],
  create: ({ length }) => overDefinedRuns(new WindowKernel(length + 1, new SinceExtreme(length, -1))),
};

class SinceExtreme implements WindowFold {
  readonly #length: number;
  // +1 for the highest, -1 for the lowest.
  readonly #sign: number;

  constructor(length: number, sign: 1 | -1) {
    this.#length = length;
    this.#sign = sign;
  }

  slide({ tape, from, to, at }: WindowBlock, [positions]: readonly Float64Array[]): void {
    const length = this.#length;
    const sign = this.#sign;
    let extreme = -1;
    for (let j = from; j < to; j++) {
      const newest = j + 1 + length;
      // The extreme of the bar before stays, unless it has left the window or the newest value reaches it.
      if (extreme <= j) extreme = newestExtreme(tape, sign, j + 1, newest);
      else if (sign * tape[newest] >= sign * tape[extreme]) extreme = newest;
      positions[at + j] = (100 * (length - (newest - extreme))) / length;
    }
  }

  save(): null {
    return null;
  }

  restore(): void {}
}

function newestExtreme(tape: Float64Array, sign: number, oldest: number, newest: number): number {
  let extreme = oldest;
  for (let k = oldest + 1; k <= newest; k++) if (sign * tape[k] >= sign * tape[extreme]) extreme = k;
  return extreme;
}

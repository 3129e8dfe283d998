import type { Kernel } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";

/** A kernel that only ever meets defined values. */
export type RunKernel = {
  /** Goes on over the chunk's bars [from, to), at which every input is defined; bar i has the absolute number startBar + i. */
  advance(inputs: readonly Float64Array[], outputs: readonly Float64Array[], run: DefinedRun): void;
  /** Forgets all: the next bar is the first one, as on a fresh kernel. */
  clear(): void;
  save(): JsonValue;
  restore(state: JsonValue): void;
};

export type DefinedRun = { readonly from: number; readonly to: number; readonly startBar: number };

/**
 * Makes a kernel of one that only meets defined values: at a bar where any input is undefined (NaN, or infinite after an
 * overflow) the outputs are undefined and the warm-up begins again, so that an indicator over another counts from its first defined bar.
 */
export function overDefinedRuns(kernel: RunKernel): Kernel {
  return {
    update(inputs, outputs, startBar) {
      const count = outputs[0].length;
      let bar = 0;
      while (bar < count) {
        const from = endOfUndefined(inputs, bar, count);
        if (from > bar) {
          for (const output of outputs) output.fill(Number.NaN, bar, from);
          kernel.clear();
        }
        const to = endOfDefined(inputs, from, count);
        if (to > from) kernel.advance(inputs, outputs, { from, to, startBar });
        bar = to;
      }
    },
    updateFinite(inputs, outputs, startBar) {
      kernel.advance(inputs, outputs, { from: 0, to: outputs[0].length, startBar });
    },
    save: () => kernel.save(),
    restore: (state) => kernel.restore(state),
  };
}

function endOfUndefined(inputs: readonly Float64Array[], from: number, count: number): number {
  let bar = from;
  while (bar < count && inputs.some((input) => !Number.isFinite(input[bar]))) bar++;
  return bar;
}

function endOfDefined(inputs: readonly Float64Array[], from: number, count: number): number {
  let end = count;
  for (const input of inputs) end = firstUndefined(input, from, end);
  return end;
}

/** How many values are looked at together before single ones are. */
const stride = 64;

function firstUndefined(input: Float64Array, from: number, end: number): number {
  let bar = from;
  while (bar + stride <= end && areFinite(input, bar, bar + stride)) bar += stride;
  // x − x is 0 for every finite x, and NaN otherwise.
  while (bar < end && input[bar] - input[bar] === 0) bar++;
  return bar;
}

/** Whether the values [from, end), a multiple of four of them, are all finite: x × 0 is NaN where x is not. Four sums run side by side, one would wait for itself. */
function areFinite(input: Float64Array, from: number, end: number): boolean {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let bar = from; bar < end; bar += 4) {
    a += input[bar] * 0;
    b += input[bar + 1] * 0;
    c += input[bar + 2] * 0;
    d += input[bar + 3] * 0;
  }
  return a + b + c + d === 0;
}

import type { Column, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { close, high, low } from "./bar-columns.ts";
import { type DefinedRun, overDefinedRuns, type RunKernel } from "./defined-runs.ts";
import { savedNumber } from "./kernel-state.ts";
import { requireLength } from "./parameter-checks.ts";

/**
 * Average true range: the mean of the first `length` true ranges, from then on a[t] = a[t−1] + (range − a[t−1]) / length
 * (Wilder 1978). The true range is the greatest of high − low, |high − previous close| and |low − previous close|; at the first
 * bar it is high − low. First defined at the bar `length` − 1.
 */
export function atr(length: number): Column {
  requireLength("atr", "length", length);
  return { kind: "kernel", kernel: atrKernel, params: { length }, inputs: [high, low, close], output: "value" };
}

export const atrKernel: KernelDefinition = {
  name: "atr",
  outputs: ["value"],
  create: ({ length }) => overDefinedRuns(new AtrKernel(length)),
};

class AtrKernel implements RunKernel {
  readonly #length: number;
  // Bars seen, counted up to the length.
  #seen = 0;
  #previousClose = 0;
  #range = 0;

  constructor(length: number) {
    this.#length = length;
  }

  advance(inputs: readonly Float64Array[], [ranges]: readonly Float64Array[], { from, to }: DefinedRun): void {
    const [, lows] = inputs;
    let i = from;
    for (; i < to && this.#seen < this.#length; i++) {
      // With its own low as previous close, the first bar's true range is high − low.
      if (this.#seen === 0) this.#previousClose = lows[i];
      this.#seen++;
      // The weights 1, 1/2, 1/3, … give the mean of the ranges so far.
      this.#slide(inputs, ranges, { from: i, to: i + 1, weight: 1 / this.#seen });
      if (this.#seen < this.#length) ranges[i] = Number.NaN;
    }
    this.#slide(inputs, ranges, { from: i, to, weight: 1 / this.#length });
  }

  clear(): void {
    this.#seen = 0;
    this.#previousClose = 0;
    this.#range = 0;
  }

  save(): JsonValue {
    // Adding 0 turns -0, which JSON does not know, into 0.
    return { seen: this.#seen, previousClose: this.#previousClose + 0, range: this.#range + 0 };
  }

  restore(state: JsonValue): void {
    this.#seen = savedNumber(state, "seen");
    this.#previousClose = savedNumber(state, "previousClose");
    this.#range = savedNumber(state, "range");
  }

  #slide(
    inputs: readonly Float64Array[],
    ranges: Float64Array,
    bars: { from: number; to: number; weight: number },
  ): void {
    const [highs, lows, closes] = inputs;
    const { from, to, weight } = bars;
    let previousClose = this.#previousClose;
    let range = this.#range;
    for (let i = from; i < to; i++) {
      range += (trueRange(highs[i], lows[i], previousClose) - range) * weight;
      previousClose = closes[i];
      ranges[i] = range;
    }
    this.#previousClose = previousClose;
    this.#range = range;
  }
}

/** The greatest of the three distances of Wilder's true range: from the lower of low and previous close to the higher of high and it. */
export function trueRange(high: number, low: number, previousClose: number): number {
  return Math.max(high, previousClose) - Math.min(low, previousClose);
}

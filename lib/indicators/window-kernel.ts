import type { JsonValue } from "../engine/json.ts";
import type { DefinedRun, RunKernel } from "./defined-runs.ts";
import { savedField, savedNumbers } from "./kernel-state.ts";

/** What a moving window of the last `length` values is folded into. */
export type WindowFold = {
  /** Writes the outputs of the block's bars and keeps what the next block needs. */
  slide(block: WindowBlock, outputs: readonly Float64Array[]): void;
  /** The running sums, asked for only after the window has been full. */
  save(): JsonValue;
  restore(sums: JsonValue): void;
};

/**
 * Bars of one chunk with full windows. The window that ends at the block's bar j is tape[j + 1] … tape[j + length], its
 * predecessor's oldest value is tape[j], and bar j's outputs belong at index `at + j`. With `rebuild` the running sums
 * must be computed anew from the window of bar `from`; otherwise they are those of the bar before it.
 */
export type WindowBlock = {
  readonly tape: Float64Array;
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly rebuild: boolean;
};

/**
 * The greatest number of bars in a block: 1024, doubled until it reaches the length. Running sums are rebuilt at absolute bar numbers
 * that are multiples of it, wherever the bars are cut, so that rounding errors stay bounded and the cost per bar does not grow.
 */
export function blockLength(length: number): number {
  let bars = 1024;
  while (bars < length) bars *= 2;
  return bars;
}

/** Carries the last `length` values of its one input from bar to bar; undefined until the window is full, at the bar `length` − 1. */
export class WindowKernel implements RunKernel {
  readonly #length: number;
  readonly #blockLength: number;
  readonly #fold: WindowFold;
  // The last `length` values before the current block, oldest first, then the block itself.
  readonly #tape: Float64Array;
  #seen = 0;

  constructor(length: number, fold: WindowFold) {
    this.#length = length;
    this.#blockLength = blockLength(length);
    this.#fold = fold;
    this.#tape = new Float64Array(length + this.#blockLength);
  }

  advance(inputs: readonly Float64Array[], outputs: readonly Float64Array[], run: DefinedRun): void {
    let at = run.from;
    while (at < run.to) {
      const offset = (run.startBar + at) % this.#blockLength;
      const end = Math.min(run.to, at + this.#blockLength - offset);
      this.#advanceBlock(inputs[0].subarray(at, end), outputs, { at, aligned: offset === 0 });
      at = end;
    }
  }

  clear(): void {
    this.#seen = 0;
  }

  save(): JsonValue {
    // Adding 0 turns -0, which JSON does not know, into 0.
    const recent = Array.from(this.#tape.subarray(this.#length - this.#seen, this.#length), (value) => value + 0);
    return { recent, sums: this.#seen === this.#length ? this.#fold.save() : null };
  }

  restore(state: JsonValue): void {
    const recent = savedNumbers(state, "recent", this.#length);
    this.#seen = recent.length;
    this.#tape.set(recent, this.#length - recent.length);
    if (this.#seen === this.#length) this.#fold.restore(savedField(state, "sums"));
  }

  #advanceBlock(values: Float64Array, outputs: readonly Float64Array[], bars: { at: number; aligned: boolean }): void {
    const { at, aligned } = bars;
    const to = values.length;
    this.#tape.set(values, this.#length);
    const from = Math.min(to, Math.max(0, this.#length - 1 - this.#seen));
    for (const output of outputs) output.fill(Number.NaN, at, at + from);
    if (from < to) {
      const rebuild = this.#seen < this.#length || aligned;
      this.#fold.slide({ tape: this.#tape, from, to, at, rebuild }, outputs);
    }
    this.#tape.copyWithin(0, to, to + this.#length);
    this.#seen = Math.min(this.#length, this.#seen + to);
  }
}

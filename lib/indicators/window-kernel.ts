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
  // The last `length` values before the current block, oldest first, then room for a block itself.
  readonly #tape: Float64Array;
  #seen = 0;

  constructor(length: number, fold: WindowFold) {
    this.#length = length;
    this.#blockLength = blockLength(length);
    this.#fold = fold;
    this.#tape = new Float64Array(length + this.#blockLength);
  }

  advance(inputs: readonly Float64Array[], outputs: readonly Float64Array[], run: DefinedRun): void {
    const input = inputs[0];
    for (let at = run.from; at < run.to; ) {
      const offset = (run.startBar + at) % this.#blockLength;
      const end = Math.min(run.to, at + this.#blockLength - offset);
      // Where the run itself holds the window's earlier values they need not be copied to the tape.
      const isInside = at - run.from >= this.#length;
      if (isInside) this.#slide(input.subarray(at - this.#length, end), outputs, { at, end, aligned: offset === 0 });
      else this.#slideOnTape(input.subarray(at, end), outputs, { at, end, aligned: offset === 0 });
      at = end;
    }
    if (run.to - run.from >= this.#length) this.#tape.set(input.subarray(run.to - this.#length, run.to));
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

  #slideOnTape(values: Float64Array, outputs: readonly Float64Array[], block: BlockBars): void {
    const tape = this.#tape;
    tape.set(values, this.#length);
    this.#slide(tape, outputs, block);
    tape.copyWithin(0, values.length, values.length + this.#length);
  }

  #slide(tape: Float64Array, outputs: readonly Float64Array[], { at, end, aligned }: BlockBars): void {
    const to = end - at;
    const from = Math.min(to, Math.max(0, this.#length - 1 - this.#seen));
    for (const output of outputs) output.fill(Number.NaN, at, at + from);
    if (from < to) {
      const rebuild = this.#seen < this.#length || aligned;
      this.#fold.slide({ tape, from, to, at, rebuild }, outputs);
    }
    this.#seen = Math.min(this.#length, this.#seen + to);
  }
}

/** The block's bars [at, end) in the chunk, and whether it begins where running sums are rebuilt. */
type BlockBars = { readonly at: number; readonly end: number; readonly aligned: boolean };

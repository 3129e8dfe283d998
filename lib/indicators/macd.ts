import type { Column, KernelDefinition } from "../engine/columns.ts";
import { InputError } from "../engine/input-error.ts";
import type { JsonValue } from "../engine/json.ts";
import { type DefinedRun, overDefinedRuns, type RunKernel } from "./defined-runs.ts";
import { savedNumber } from "./kernel-state.ts";
import { requireLength } from "./parameter-checks.ts";

/**
 * Moving average convergence/divergence (Appel 1979): the line is the EMA of `fast` less the EMA of `slow` values, the
 * signal the EMA of the line over `signal` values, the histogram line less signal. Every EMA begins with its first value
 * (pandas, adjust=False); all three are first defined at the bar `slow` + `signal` − 2 of the input's defined bars. `fast` must be less than `slow`.
 */
export function macd(
  input: Column,
  fast: number,
  slow: number,
  signal: number,
): { readonly line: Column; readonly signal: Column; readonly histogram: Column } {
  requireLength("macd", "fast", fast);
  requireLength("macd", "slow", slow);
  requireLength("macd", "signal", signal);
  if (fast >= slow) {
    throw new InputError(
      `Indicator "macd" expects its parameter "fast" to be less than "slow" (${slow}), found ${fast}. Give it fewer bars, such as 12 to 26.`,
    );
  }
  const series = (output: string): Column => ({
    kind: "kernel",
    kernel: macdKernel,
    params: { fast, slow, signal },
    inputs: [input],
    output,
  });
  return { line: series("line"), signal: series("signal"), histogram: series("histogram") };
}

export const macdKernel: KernelDefinition = {
  name: "macd",
  outputs: ["line", "signal", "histogram"],
  create: ({ fast, slow, signal }) => overDefinedRuns(new MacdKernel({ fast, slow, signal })),
};

class MacdKernel implements RunKernel {
  readonly #lengths: { readonly fast: number; readonly slow: number; readonly signal: number };
  readonly #warmUp: number;
  // Values seen, counted up to the end of the warm-up.
  #seen = 0;
  #fast = 0;
  #slow = 0;
  #signal = 0;

  constructor(lengths: { readonly fast: number; readonly slow: number; readonly signal: number }) {
    this.#lengths = lengths;
    // At least one bar, which gives the seeds, because slow is above fast.
    this.#warmUp = lengths.slow + lengths.signal - 2;
  }

  advance([input]: readonly Float64Array[], outputs: readonly Float64Array[], { from, to }: DefinedRun): void {
    const [lines, signals, histograms] = outputs;
    const fastWeight = 2 / (this.#lengths.fast + 1);
    const slowWeight = 2 / (this.#lengths.slow + 1);
    const signalWeight = 2 / (this.#lengths.signal + 1);
    if (this.#seen === 0) {
      this.#fast = input[from];
      this.#slow = input[from];
    }
    let fast = this.#fast;
    let slow = this.#slow;
    let signal = this.#signal;
    for (let i = from; i < to; i++) {
      fast += (input[i] - fast) * fastWeight;
      slow += (input[i] - slow) * slowWeight;
      const line = fast - slow;
      signal += (line - signal) * signalWeight;
      lines[i] = line;
      signals[i] = signal;
      histograms[i] = line - signal;
    }
    this.#fast = fast;
    this.#slow = slow;
    this.#signal = signal;
    const firstDefined = Math.min(to, from + this.#warmUp - this.#seen);
    for (const output of outputs) output.fill(Number.NaN, from, firstDefined);
    this.#seen = Math.min(this.#warmUp, this.#seen + to - from);
  }

  clear(): void {
    this.#seen = 0;
    this.#fast = 0;
    this.#slow = 0;
    this.#signal = 0;
  }

  save(): JsonValue {
    // Adding 0 turns -0, which JSON does not know, into 0.
    return { seen: this.#seen, fast: this.#fast + 0, slow: this.#slow + 0, signal: this.#signal };
  }

  restore(state: JsonValue): void {
    this.#seen = savedNumber(state, "seen");
    this.#fast = savedNumber(state, "fast");
    this.#slow = savedNumber(state, "slow");
    this.#signal = savedNumber(state, "signal");
  }
}

import type { Column, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { type DefinedRun, overDefinedRuns, type RunKernel } from "./defined-runs.ts";
import { savedNumber } from "./kernel-state.ts";
import { requireLength } from "./parameter-checks.ts";

/** What an EMA begins with: its first value (pandas, adjust=False), or the mean of its first `length` values (TA-Lib, TradingView). */
export type EmaSeed = "first" | "sma";

/**
 * Exponential moving average: e[t] = e[t−1] + (x[t] − e[t−1]) · 2 / (length + 1). First defined at the first defined bar of the input
 * with the seed "first", at the bar `length` − 1 with the seed "sma". In `params`, seed 0 is "first" and 1 is "sma".
 */
export function ema(input: Column, length: number, seed: EmaSeed): Column {
  requireLength("ema", "length", length);
  const params = { length, seed: seed === "sma" ? 1 : 0 };
  return { kind: "kernel", kernel: emaKernel, params, inputs: [input], output: "value" };
}

export const emaKernel: KernelDefinition = {
  name: "ema",
  outputs: ["value"],
  create: ({ length, seed }) => overDefinedRuns(new EmaKernel(length, seed === 1 ? length : 1)),
};

class EmaKernel implements RunKernel {
  readonly #weight: number;
  readonly #seedLength: number;
  #seen = 0;
  #average = 0;

  constructor(length: number, seedLength: number) {
    this.#weight = 2 / (length + 1);
    this.#seedLength = seedLength;
  }

  advance([input]: readonly Float64Array[], [averages]: readonly Float64Array[], { from, to }: DefinedRun): void {
    const weight = this.#weight;
    let average = this.#average;
    let i = from;
    for (; i < to && this.#seen < this.#seedLength; i++) {
      this.#seen++;
      // The weights 1, 1/2, 1/3, … give the mean of the values so far.
      average += (input[i] - average) / this.#seen;
      averages[i] = this.#seen < this.#seedLength ? Number.NaN : average;
    }
    for (; i < to; i++) {
      // In this form an average that has reached its value stays there, to the last bit.
      average += (input[i] - average) * weight;
      averages[i] = average;
    }
    this.#average = average;
  }

  clear(): void {
    this.#seen = 0;
    this.#average = 0;
  }

  save(): JsonValue {
    return { seen: this.#seen, average: this.#average };
  }

  restore(state: JsonValue): void {
    this.#seen = savedNumber(state, "seen");
    this.#average = savedNumber(state, "average");
  }
}

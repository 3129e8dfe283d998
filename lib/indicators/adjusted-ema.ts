import type { Column, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { type DefinedRun, overDefinedRuns, type RunKernel } from "./defined-runs.ts";
import { savedNumber } from "./kernel-state.ts";
import { requireLength } from "./parameter-checks.ts";

/**
 * Exponentially weighted mean of all values so far (pandas ewm, adjust=True): the value i bars ago has the weight (1 − 2 / (length + 1))^i, and the weights are
 * divided by their sum. First defined at the first defined bar of the input.
 */
export function adjustedEma(input: Column, length: number): Column {
  requireLength("adjusted-ema", "length", length);
  return { kind: "kernel", kernel: adjustedEmaKernel, params: { length }, inputs: [input], output: "value" };
}

export const adjustedEmaKernel: KernelDefinition = {
  name: "adjusted-ema",
  outputs: ["value"],
  create: ({ length }) => overDefinedRuns(new AdjustedEma(length)),
};

class AdjustedEma implements RunKernel {
  readonly #decay: number;
  #weights = 0;
  #average = 0;

  constructor(length: number) {
    this.#decay = 1 - 2 / (length + 1);
  }

  advance([input]: readonly Float64Array[], [averages]: readonly Float64Array[], { from, to }: DefinedRun): void {
    let weights = this.#weights;
    let average = this.#average;
    for (let i = from; i < to; i++) {
      weights = weights * this.#decay + 1;
      // In this form an average that has reached its value stays there, to the last bit.
      average += (input[i] - average) / weights;
      averages[i] = average + 0;
    }
    this.#weights = weights;
    this.#average = average;
  }

  clear(): void {
    this.#weights = 0;
    this.#average = 0;
  }

  save(): JsonValue {
    return { weights: this.#weights, average: this.#average + 0 };
  }

  restore(state: JsonValue): void {
    this.#weights = savedNumber(state, "weights");
    this.#average = savedNumber(state, "average");
  }
}

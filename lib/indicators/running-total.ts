import type { Column, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { type DefinedRun, overDefinedRuns, type RunKernel } from "./defined-runs.ts";
import { savedNumber } from "./kernel-state.ts";

/** The sum of all values since the input's first defined bar, the current one included. */
export function runningTotal(input: Column): Column {
  return { kind: "kernel", kernel: runningTotalKernel, params: {}, inputs: [input], output: "value" };
}

export const runningTotalKernel: KernelDefinition = {
  name: "running-total",
  outputs: ["value"],
  create: () => overDefinedRuns(new RunningTotal()),
};

class RunningTotal implements RunKernel {
  #sum = 0;

  advance([input]: readonly Float64Array[], [totals]: readonly Float64Array[], { from, to }: DefinedRun): void {
    let sum = this.#sum;
    for (let i = from; i < to; i++) {
      sum += input[i];
      totals[i] = sum;
    }
    this.#sum = sum;
  }

  clear(): void {
    this.#sum = 0;
  }

  save(): JsonValue {
    return { sum: this.#sum };
  }

  restore(state: JsonValue): void {
    this.#sum = savedNumber(state, "sum");
  }
}

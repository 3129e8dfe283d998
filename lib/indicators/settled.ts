import type { Column, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { type DefinedRun, overDefinedRuns, type RunKernel } from "./defined-runs.ts";
import { savedNumber } from "./kernel-state.ts";
import { requireLength } from "./parameter-checks.ts";

/** The input without its first `length` defined values: what an average that begins with one value needs to forget it. */
export function settled(input: Column, length: number): Column {
  requireLength("settled", "length", length, 0);
  return { kind: "kernel", kernel: settledKernel, params: { length }, inputs: [input], output: "value" };
}

export const settledKernel: KernelDefinition = {
  name: "settled",
  outputs: ["value"],
  create: ({ length }) => overDefinedRuns(new Settled(length)),
};

class Settled implements RunKernel {
  readonly #length: number;
  // Values seen, counted up to the length.
  #seen = 0;

  constructor(length: number) {
    this.#length = length;
  }

  advance([input]: readonly Float64Array[], [values]: readonly Float64Array[], { from, to }: DefinedRun): void {
    const first = Math.min(to, from + this.#length - this.#seen);
    values.fill(Number.NaN, from, first);
    // Adding 0 turns -0, which JSON does not know, into 0.
    for (let i = first; i < to; i++) values[i] = input[i] + 0;
    this.#seen = Math.min(this.#length, this.#seen + to - from);
  }

  clear(): void {
    this.#seen = 0;
  }

  save(): JsonValue {
    return { seen: this.#seen };
  }

  restore(state: JsonValue): void {
    this.#seen = savedNumber(state, "seen");
  }
}

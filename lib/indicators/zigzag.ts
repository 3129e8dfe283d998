import type { Column, KernelDefinition } from "../engine/columns.ts";
import { InputError } from "../engine/input-error.ts";
import type { JsonValue } from "../engine/json.ts";
import { type DefinedRun, overDefinedRuns, type RunKernel } from "./defined-runs.ts";
import { savedNumber } from "./kernel-state.ts";

/**
 * Zigzag as it was known at each bar, never changed afterwards: a leg ends once the input has moved back from the leg's extreme by the fraction `threshold` of
 * it, and only from that bar on is the extreme a pivot. `pivot` is the newest confirmed one, `direction` the current leg's (+1 up, −1 down), `extreme` the leg's own
 * so far. The first value counts as a pivot once the input has moved by the threshold from it. First defined at that bar. The values must be above 0.
 */
export function zigzag(
  input: Column,
  threshold: number,
): { readonly pivot: Column; readonly direction: Column; readonly extreme: Column } {
  if (!(threshold > 0 && threshold < 1)) {
    throw new InputError(
      `Indicator "zigzag" expects its parameter "threshold" to be a fraction between 0 and 1, found ${threshold}. Give it such a number, such as 0.05.`,
    );
  }
  const series = (output: string): Column => ({
    kind: "kernel",
    kernel: zigzagKernel,
    params: { threshold },
    inputs: [input],
    output,
  });
  return { pivot: series("pivot"), direction: series("direction"), extreme: series("extreme") };
}

export const zigzagKernel: KernelDefinition = {
  name: "zigzag",
  outputs: ["pivot", "direction", "extreme"],
  create: ({ threshold }) => overDefinedRuns(new Zigzag(threshold)),
};

class Zigzag implements RunKernel {
  readonly #threshold: number;
  #seen = 0;
  // 0 before the first leg, whose beginning is the extreme then.
  #direction = 0;
  #pivot = 0;
  #extreme = 0;

  constructor(threshold: number) {
    this.#threshold = threshold;
  }

  advance([input]: readonly Float64Array[], outputs: readonly Float64Array[], bars: DefinedRun): void {
    const [pivots, directions, extremes] = outputs;
    for (let i = bars.from; i < bars.to; i++) {
      this.#move(input[i] + 0);
      const isDefined = this.#direction !== 0;
      pivots[i] = isDefined ? this.#pivot : Number.NaN;
      directions[i] = isDefined ? this.#direction : Number.NaN;
      extremes[i] = isDefined ? this.#extreme : Number.NaN;
    }
  }

  clear(): void {
    [this.#seen, this.#direction, this.#pivot, this.#extreme] = [0, 0, 0, 0];
  }

  save(): JsonValue {
    return { seen: this.#seen, direction: this.#direction, pivot: this.#pivot, extreme: this.#extreme };
  }

  restore(state: JsonValue): void {
    this.#seen = savedNumber(state, "seen");
    this.#direction = savedNumber(state, "direction");
    this.#pivot = savedNumber(state, "pivot");
    this.#extreme = savedNumber(state, "extreme");
  }

  #move(value: number): void {
    if (this.#seen === 0) this.#extreme = value;
    this.#seen = 1;
    const moved = (value - this.#extreme) / Math.abs(this.#extreme);
    const turns =
      this.#direction >= 0 && moved <= -this.#threshold ? -1 : this.#direction <= 0 && moved >= this.#threshold ? 1 : 0;
    if (turns !== 0) {
      this.#pivot = this.#extreme;
      this.#direction = turns;
      this.#extreme = value;
    } else if (moved * this.#direction > 0) this.#extreme = value;
  }
}

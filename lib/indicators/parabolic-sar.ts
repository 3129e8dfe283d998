import type { Column, KernelDefinition } from "../engine/columns.ts";
import { InputError } from "../engine/input-error.ts";
import type { JsonValue } from "../engine/json.ts";
import { high, low } from "./bar-columns.ts";
import { type DefinedRun, overDefinedRuns, type RunKernel } from "./defined-runs.ts";
import { savedNumber } from "./kernel-state.ts";
import { requireFinite } from "./parameter-checks.ts";

/**
 * Parabolic stop and reverse (Wilder 1978; as TA-Lib SAR): the stop moves towards the trend's extreme price by a part of the distance which begins at `step`
 * and grows by it at each new extreme, up to `maximum`; it never enters the range of the current bar and the one before. A bar that reaches it turns the trend.
 * The first trend is downward where the second bar's downward movement is the greater one. direction is +1 or −1. First defined at the second bar.
 */
export function parabolicSar(step: number, maximum: number): { readonly sar: Column; readonly direction: Column } {
  requireFinite("parabolic-sar", "step", step);
  requireFinite("parabolic-sar", "maximum", maximum);
  if (!(step > 0 && step <= maximum)) {
    throw new InputError(
      `Indicator "parabolic-sar" expects its parameter "step" to be above 0 and at most "maximum" (${maximum}), found ${step}. Give it such a number, such as 0.02.`,
    );
  }
  const series = (output: string): Column => ({
    kind: "kernel",
    kernel: parabolicSarKernel,
    params: { step, maximum },
    inputs: [high, low],
    output,
  });
  return { sar: series("sar"), direction: series("direction") };
}

export const parabolicSarKernel: KernelDefinition = {
  name: "parabolic-sar",
  outputs: ["sar", "direction"],
  create: ({ step, maximum }) => overDefinedRuns(new ParabolicSar(step, maximum)),
};

class ParabolicSar implements RunKernel {
  readonly #step: number;
  readonly #maximum: number;
  #seen = 0;
  #high = 0;
  #low = 0;
  #direction = 0;
  // The stop for the next bar, the trend's extreme price, and the part of their distance that the stop moves by.
  #stop = 0;
  #extreme = 0;
  #part = 0;

  constructor(step: number, maximum: number) {
    this.#step = step;
    this.#maximum = maximum;
  }

  advance(
    [highs, lows]: readonly Float64Array[],
    [stops, directions]: readonly Float64Array[],
    bars: DefinedRun,
  ): void {
    for (let i = bars.from; i < bars.to; i++) {
      stops[i] = this.#move(highs[i], lows[i]);
      directions[i] = this.#seen < 2 ? Number.NaN : this.#direction;
    }
  }

  clear(): void {
    [this.#seen, this.#high, this.#low, this.#direction] = [0, 0, 0, 0];
    [this.#stop, this.#extreme, this.#part] = [0, 0, 0];
  }

  save(): JsonValue {
    // Adding 0 turns -0, which JSON does not know, into 0.
    return {
      seen: this.#seen,
      high: this.#high + 0,
      low: this.#low + 0,
      direction: this.#direction,
      stop: this.#stop + 0,
      extreme: this.#extreme + 0,
      part: this.#part,
    };
  }

  restore(state: JsonValue): void {
    this.#seen = savedNumber(state, "seen");
    this.#high = savedNumber(state, "high");
    this.#low = savedNumber(state, "low");
    this.#direction = savedNumber(state, "direction");
    this.#stop = savedNumber(state, "stop");
    this.#extreme = savedNumber(state, "extreme");
    this.#part = savedNumber(state, "part");
  }

  /** The stop at this bar; NaN at the first. */
  #move(high: number, low: number): number {
    const isFirst = this.#seen === 0;
    if (this.#seen === 1) this.#begin(high, low);
    this.#seen = Math.min(2, this.#seen + 1);
    const stop = isFirst ? Number.NaN : this.#follow(high, low);
    [this.#high, this.#low] = [high, low];
    return stop;
  }

  #begin(high: number, low: number): void {
    const down = this.#low - low;
    this.#direction = down > 0 && down > high - this.#high ? -1 : 1;
    this.#stop = this.#direction > 0 ? this.#low : this.#high;
    this.#extreme = this.#direction > 0 ? high : low;
    this.#part = this.#step;
    // TA-Lib's second bar is its own predecessor.
    [this.#high, this.#low] = [high, low];
  }

  #follow(high: number, low: number): number {
    const isReached = this.#direction > 0 ? low <= this.#stop : high >= this.#stop;
    if (isReached) {
      this.#direction = -this.#direction;
      this.#stop = this.#outside(this.#extreme, high, low);
      this.#extreme = this.#direction > 0 ? high : low;
      this.#part = this.#step;
    }
    const stop = this.#stop + 0;
    const isNewExtreme = this.#direction > 0 ? high > this.#extreme : low < this.#extreme;
    if (isNewExtreme) {
      this.#extreme = this.#direction > 0 ? high : low;
      this.#part = Math.min(this.#maximum, this.#part + this.#step);
    }
    this.#stop = this.#outside(stop + this.#part * (this.#extreme - stop), high, low);
    return stop;
  }

  /** The price, moved out of the range of this bar and the one before: below it in a rising trend, above it in a falling one. */
  #outside(price: number, high: number, low: number): number {
    return this.#direction > 0 ? Math.min(price, this.#low, low) : Math.max(price, this.#high, high);
  }
}

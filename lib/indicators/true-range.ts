import type { Column, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { trueRange as trueRangeOf } from "./atr.ts";
import { close, high, low } from "./bar-columns.ts";
import { type DefinedRun, overDefinedRuns, type RunKernel } from "./defined-runs.ts";
import { savedField } from "./kernel-state.ts";

/** Wilder's true range of each bar: the greatest of high − low, |high − previous close| and |low − previous close|; high − low at the first bar. */
export const trueRangeKernel: KernelDefinition = {
  name: "true-range",
  outputs: ["value"],
  create: () => overDefinedRuns(new TrueRange()),
};

/** The true range of each bar. Defined from the first bar on. */
export const trueRange: Column = {
  kind: "kernel",
  kernel: trueRangeKernel,
  params: {},
  inputs: [high, low, close],
  output: "value",
};

class TrueRange implements RunKernel {
  #previousClose: number | null = null;

  advance([highs, lows, closes]: readonly Float64Array[], [ranges]: readonly Float64Array[], bars: DefinedRun): void {
    let previousClose = this.#previousClose ?? lows[bars.from];
    for (let i = bars.from; i < bars.to; i++) {
      // Adding 0 turns -0, which JSON does not know, into 0.
      ranges[i] = trueRangeOf(highs[i], lows[i], previousClose) + 0;
      previousClose = closes[i];
    }
    this.#previousClose = previousClose;
  }

  clear(): void {
    this.#previousClose = null;
  }

  save(): JsonValue {
    return { previousClose: this.#previousClose === null ? null : this.#previousClose + 0 };
  }

  restore(state: JsonValue): void {
    const previousClose = savedField(state, "previousClose");
    this.#previousClose = typeof previousClose === "number" ? previousClose : null;
  }
}

import type { Column, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { atr } from "./atr.ts";
import { close, high, low } from "./bar-columns.ts";
import { type DefinedRun, overDefinedRuns, type RunKernel } from "./defined-runs.ts";
import { savedNumber } from "./kernel-state.ts";
import { requireFinite, requireLength } from "./parameter-checks.ts";

/**
 * Supertrend (Seban; as TradingView): bands at (high + low) / 2 ± `multiplier` average true ranges (Wilder), of which the upper only falls and the lower only
 * rises until a close lies beyond it. The trend is the lower band and the direction +1 until a close falls below it, then the upper band and −1 until one
 * rises above it. It begins upward, at the bar `length` − 1.
 */
export function supertrend(length: number, multiplier: number): { readonly trend: Column; readonly direction: Column } {
  requireLength("supertrend", "length", length);
  requireFinite("supertrend", "multiplier", multiplier);
  const series = (output: string): Column => ({
    kind: "kernel",
    kernel: supertrendKernel,
    params: { multiplier },
    inputs: [high, low, close, atr(length)],
    output,
  });
  return { trend: series("trend"), direction: series("direction") };
}

export const supertrendKernel: KernelDefinition = {
  name: "supertrend",
  outputs: ["trend", "direction"],
  create: ({ multiplier }) => overDefinedRuns(new Supertrend(multiplier)),
};

class Supertrend implements RunKernel {
  readonly #multiplier: number;
  // 0 before the first bar.
  #direction = 0;
  #upper = 0;
  #lower = 0;
  #close = 0;

  constructor(multiplier: number) {
    this.#multiplier = multiplier;
  }

  advance(inputs: readonly Float64Array[], [trends, directions]: readonly Float64Array[], bars: DefinedRun): void {
    const [highs, lows, closes, ranges] = inputs;
    for (let i = bars.from; i < bars.to; i++) {
      this.#move((highs[i] + lows[i]) / 2, this.#multiplier * ranges[i], closes[i]);
      // Adding 0 turns -0, which JSON does not know, into 0.
      trends[i] = (this.#direction > 0 ? this.#lower : this.#upper) + 0;
      directions[i] = this.#direction;
    }
  }

  clear(): void {
    [this.#direction, this.#upper, this.#lower, this.#close] = [0, 0, 0, 0];
  }

  save(): JsonValue {
    return {
      direction: this.#direction,
      upper: this.#upper + 0,
      lower: this.#lower + 0,
      close: this.#close + 0,
    };
  }

  restore(state: JsonValue): void {
    this.#direction = savedNumber(state, "direction");
    this.#upper = savedNumber(state, "upper");
    this.#lower = savedNumber(state, "lower");
    this.#close = savedNumber(state, "close");
  }

  #move(middle: number, width: number, close: number): void {
    const isFirst = this.#direction === 0;
    const upper = middle + width;
    const lower = middle - width;
    if (isFirst || upper < this.#upper || this.#close > this.#upper) this.#upper = upper;
    if (isFirst || lower > this.#lower || this.#close < this.#lower) this.#lower = lower;
    if (isFirst) this.#direction = 1;
    else if (this.#direction > 0) this.#direction = close < this.#lower ? -1 : 1;
    else this.#direction = close > this.#upper ? 1 : -1;
    this.#close = close;
  }
}

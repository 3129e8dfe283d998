import type { Column, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { ratioOrZero } from "./arithmetic.ts";
import { barByBar } from "./bar-by-bar.ts";
import { high, low } from "./bar-columns.ts";
import { type DefinedRun, overDefinedRuns, type RunKernel } from "./defined-runs.ts";
import { ema } from "./ema.ts";
import { savedNumber } from "./kernel-state.ts";
import { requireLength } from "./parameter-checks.ts";
import { settled } from "./settled.ts";
import { trueRange } from "./true-range.ts";

/**
 * The directional movement of `adx`, with averages that begin with the first bar's value rather than with a mean (pandas ewm, alpha = 1 / length,
 * adjust=False): models that were trained on such figures expect them. First defined where `adx` is: plusDi and minusDi at the bar `length`, adx at 2 · `length` − 1.
 */
export function recursiveAdx(length: number): {
  readonly adx: Column;
  readonly plusDi: Column;
  readonly minusDi: Column;
} {
  requireLength("adx", "length", length);
  // Its weight is 2 / (2 · length − 1 + 1).
  const wilder = (input: Column) => ema(input, 2 * length - 1, "first");
  const range = wilder(trueRange);
  const plus = ratioOrZero(wilder(movement("plus")), range, 100);
  const minus = ratioOrZero(wilder(movement("minus")), range, 100);
  const index: Column = {
    kind: "kernel",
    kernel: directionalIndexKernel,
    params: {},
    inputs: [plus, minus],
    output: "value",
  };
  return {
    adx: settled(wilder(index), 2 * length - 1),
    plusDi: settled(plus, length),
    minusDi: settled(minus, length),
  };
}

function movement(output: string): Column {
  return { kind: "kernel", kernel: directionalMovementKernel, params: {}, inputs: [high, low], output };
}

/** 100 · |a − b| / (a + b), 0 where both are 0. */
export const directionalIndexKernel = barByBar("directional-index", () => (plus, minus) => {
  const sum = plus + minus;
  return sum === 0 ? 0 : (100 * Math.abs(plus - minus)) / sum;
});

/** Wilder's upward and downward movements of high and low since the bar before; 0 at the first bar. */
export const directionalMovementKernel: KernelDefinition = {
  name: "directional-movement",
  outputs: ["plus", "minus"],
  create: () => overDefinedRuns(new DirectionalMovement()),
};

class DirectionalMovement implements RunKernel {
  #seen = 0;
  #high = 0;
  #low = 0;

  advance([highs, lows]: readonly Float64Array[], [pluses, minuses]: readonly Float64Array[], bars: DefinedRun): void {
    for (let i = bars.from; i < bars.to; i++) {
      const up = this.#seen === 0 ? 0 : highs[i] - this.#high;
      const down = this.#seen === 0 ? 0 : this.#low - lows[i];
      pluses[i] = up > 0 && up > down ? up : 0;
      minuses[i] = down > 0 && down > up ? down : 0;
      [this.#seen, this.#high, this.#low] = [1, highs[i], lows[i]];
    }
  }

  clear(): void {
    [this.#seen, this.#high, this.#low] = [0, 0, 0];
  }

  save(): JsonValue {
    // Adding 0 turns -0, which JSON does not know, into 0.
    return { seen: this.#seen, high: this.#high + 0, low: this.#low + 0 };
  }

  restore(state: JsonValue): void {
    this.#seen = savedNumber(state, "seen");
    this.#high = savedNumber(state, "high");
    this.#low = savedNumber(state, "low");
  }
}

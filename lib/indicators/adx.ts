import type { Column, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { trueRange } from "./atr.ts";
import { close, high, low } from "./bar-columns.ts";
import { type DefinedRun, overDefinedRuns, type RunKernel } from "./defined-runs.ts";
import { savedNumber } from "./kernel-state.ts";
import { requireLength } from "./parameter-checks.ts";

/**
 * Directional movement (Wilder 1978). The upward movement of a bar is high − previous high where that is above 0 and above
 * previous low − low, the downward one the reverse, else 0. Movements and true range are averaged from the bar 1 on: the
 * mean of the first `length`, from then on a[t] = a[t−1] + (x − a[t−1]) / length. plusDi and minusDi are 100 · movement / range,
 * 0 where the range is 0; the index of a bar is 100 · |plusDi − minusDi| / (plusDi + minusDi), 0 where both are 0; adx
 * averages it in the same way. First defined: plusDi and minusDi at the bar `length`, adx at the bar 2 · `length` − 1.
 */
export function adx(length: number): { readonly adx: Column; readonly plusDi: Column; readonly minusDi: Column } {
  requireLength("adx", "length", length);
  const series = (output: string): Column => ({
    kind: "kernel",
    kernel: adxKernel,
    params: { length },
    inputs: [high, low, close],
    output,
  });
  return { adx: series("adx"), plusDi: series("plusDi"), minusDi: series("minusDi") };
}

export const adxKernel: KernelDefinition = {
  name: "adx",
  outputs: ["adx", "plusDi", "minusDi"],
  create: ({ length }) => overDefinedRuns(new AdxKernel(length)),
};

class AdxKernel implements RunKernel {
  readonly #length: number;
  // Bars seen, counted up to 2 · length.
  #seen = 0;
  #high = 0;
  #low = 0;
  #close = 0;
  #range = 0;
  #plus = 0;
  #minus = 0;
  #adx = 0;

  constructor(length: number) {
    this.#length = length;
  }

  advance(inputs: readonly Float64Array[], outputs: readonly Float64Array[], { from, to }: DefinedRun): void {
    const length = this.#length;
    let i = from;
    for (; i < to && this.#seen < 2 * length; i++) this.#warmUp(inputs, outputs, i);
    this.#slide(inputs, outputs, { from: i, to, weight: 1 / length, indexWeight: 1 / length });
  }

  clear(): void {
    this.#seen = 0;
    [this.#high, this.#low, this.#close] = [0, 0, 0];
    [this.#range, this.#plus, this.#minus, this.#adx] = [0, 0, 0, 0];
  }

  save(): JsonValue {
    // Adding 0 turns -0, which JSON does not know, into 0.
    return {
      seen: this.#seen,
      high: this.#high + 0,
      low: this.#low + 0,
      close: this.#close + 0,
      range: this.#range + 0,
      plus: this.#plus,
      minus: this.#minus,
      adx: this.#adx,
    };
  }

  restore(state: JsonValue): void {
    this.#seen = savedNumber(state, "seen");
    this.#high = savedNumber(state, "high");
    this.#low = savedNumber(state, "low");
    this.#close = savedNumber(state, "close");
    this.#range = savedNumber(state, "range");
    this.#plus = savedNumber(state, "plus");
    this.#minus = savedNumber(state, "minus");
    this.#adx = savedNumber(state, "adx");
  }

  #warmUp(inputs: readonly Float64Array[], outputs: readonly Float64Array[], bar: number): void {
    const length = this.#length;
    const movements = this.#seen;
    if (movements === 0) {
      [this.#high, this.#low, this.#close] = [inputs[0][bar], inputs[1][bar], inputs[2][bar]];
    }
    // The weights 1, 1/2, 1/3, … give the mean so far; the first bar has no movement, and 0 leaves it out.
    this.#slide(inputs, outputs, {
      from: bar,
      to: bar + 1,
      weight: movements === 0 ? 0 : 1 / Math.min(movements, length),
      indexWeight: movements < length ? 0 : 1 / (movements - length + 1),
    });
    this.#seen++;
    const [adxs, pluses, minuses] = outputs;
    if (movements < 2 * length - 1) adxs[bar] = Number.NaN;
    if (movements < length) {
      pluses[bar] = Number.NaN;
      minuses[bar] = Number.NaN;
    }
  }

  #slide(
    inputs: readonly Float64Array[],
    outputs: readonly Float64Array[],
    bars: { from: number; to: number; weight: number; indexWeight: number },
  ): void {
    const [highs, lows, closes] = inputs;
    const [adxs, pluses, minuses] = outputs;
    const { from, to, weight, indexWeight } = bars;
    let [high, low, close] = [this.#high, this.#low, this.#close];
    let [range, plus, minus, adx] = [this.#range, this.#plus, this.#minus, this.#adx];
    for (let i = from; i < to; i++) {
      const up = highs[i] - high;
      const down = low - lows[i];
      range += (trueRange(highs[i], lows[i], close) - range) * weight;
      plus += ((up > 0 && up > down ? up : 0) - plus) * weight;
      minus += ((down > 0 && down > up ? down : 0) - minus) * weight;
      high = highs[i];
      low = lows[i];
      close = closes[i];
      const plusDi = indicator(plus, range);
      const minusDi = indicator(minus, range);
      adx += (directionalIndex(plusDi, minusDi) - adx) * indexWeight;
      pluses[i] = plusDi;
      minuses[i] = minusDi;
      adxs[i] = adx;
    }
    [this.#high, this.#low, this.#close] = [high, low, close];
    [this.#range, this.#plus, this.#minus, this.#adx] = [range, plus, minus, adx];
  }
}

/** 100 · movement / range, 0 where nothing moved at all. */
function indicator(movement: number, range: number): number {
  return range === 0 ? 0 : (100 * movement) / range;
}

function directionalIndex(plusDi: number, minusDi: number): number {
  const sum = plusDi + minusDi;
  return sum === 0 ? 0 : (100 * Math.abs(plusDi - minusDi)) / sum;
}

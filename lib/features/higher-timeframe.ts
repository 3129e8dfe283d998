import { createHash } from "node:crypto";
import type { Bars } from "../engine/bars.ts";
import { ColumnSet, columnKey, type SavedColumns } from "../engine/column-set.ts";
import type { Column, Kernel, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { type Timeframe, timeframeMs } from "../engine/timeframe.ts";
import { close, high, low, open, volume } from "../indicators/bar-columns.ts";
import { savedField, savedNumber, savedNumbersOrNull } from "../indicators/kernel-state.ts";
import { type ResampledBar, Resampler } from "./resampler.ts";

/**
 * The columns as they are on the bars of a higher timeframe, built of the base bars: at each base bar the value of the newest higher bar that has closed by
 * its close, undefined before the first. Nothing is seen of a bar that is still open.
 */
export function onHigherTimeframe(
  columns: readonly Column[],
  timeframes: { readonly base: Timeframe; readonly higher: Timeframe },
): readonly Column[] {
  const kernel = higherTimeframeKernel(columns, timeframes);
  const inputs = [openTime, open, high, low, close, volume];
  return kernel.outputs.map((output) => ({ kind: "kernel", kernel, params: {}, inputs, output }));
}

/** The kernel of `onHigherTimeframe`; its inputs are open time, open, high, low, close and volume of the base bars. */
export function higherTimeframeKernel(
  columns: readonly Column[],
  { base, higher }: { readonly base: Timeframe; readonly higher: Timeframe },
): KernelDefinition {
  return {
    // Kernels of the same name are shared, so that it says all; as a hash, for it is part of the key of every column over this one, in every checkpoint.
    name: `${higher} of ${base} bars ${hashOf(columns.map(columnKey))}`,
    outputs: columns.map((_, i) => `column${i}`),
    create: () => new HigherTimeframe(columns, new Resampler(higher, Number(timeframeMs(base)))),
  };
}

const openTime: Column = { kind: "bars", field: "openTimeMs" };

class HigherTimeframe implements Kernel {
  readonly #columns: readonly Column[];
  readonly #resampler: Resampler;
  readonly #set: ColumnSet;
  // Higher bars so far, and the columns' values at the newest one.
  #barsDone = 0;
  readonly #newest: Float64Array;

  constructor(columns: readonly Column[], resampler: Resampler) {
    this.#columns = columns;
    this.#resampler = resampler;
    this.#set = new ColumnSet(columns, 0);
    this.#newest = new Float64Array(columns.length).fill(Number.NaN);
  }

  update(
    [times, opens, highs, lows, closes, volumes]: readonly Float64Array[],
    outputs: readonly Float64Array[],
  ): void {
    const closed: ResampledBar[] = [];
    // How many higher bars have closed by each base bar.
    const counts = new Uint32Array(times.length);
    for (let i = 0; i < times.length; i++) {
      const prices = { open: opens[i], high: highs[i], low: lows[i], close: closes[i], volume: volumes[i] };
      this.#resampler.add({ timeMs: times[i], ...prices }, (bar) => closed.push(bar));
      counts[i] = closed.length;
    }
    if (closed.length > 0) this.#set.compute(barsOf(closed, this.#barsDone));
    for (const [k, column] of this.#columns.entries()) {
      const values = this.#set.view(column).values;
      for (let i = 0; i < times.length; i++) outputs[k][i] = counts[i] === 0 ? this.#newest[k] : values[counts[i] - 1];
      if (closed.length > 0) this.#newest[k] = values[closed.length - 1];
    }
    this.#barsDone += closed.length;
  }

  save(): JsonValue {
    return {
      barsDone: this.#barsDone,
      newest: Array.from(this.#newest, (value) => (Number.isFinite(value) ? value + 0 : null)),
      resampler: this.#resampler.save(),
      columns: this.#set.save() as unknown as JsonValue,
    };
  }

  restore(state: JsonValue): void {
    this.#barsDone = savedNumber(state, "barsDone");
    const newest = savedNumbersOrNull(state, "newest", this.#newest.length);
    this.#newest.set(newest.map((value) => value ?? Number.NaN));
    this.#resampler.restore(savedField(state, "resampler"));
    this.#set.restore(savedField(state, "columns") as unknown as SavedColumns);
  }
}

function hashOf(keys: readonly string[]): string {
  return createHash("sha256").update(keys.join("\n")).digest("hex").slice(0, 32);
}

function barsOf(bars: readonly ResampledBar[], startBar: number): Bars {
  return {
    startBar,
    openTimeMs: Float64Array.from(bars, (bar) => bar.startMs),
    open: Float64Array.from(bars, (bar) => bar.open),
    high: Float64Array.from(bars, (bar) => bar.high),
    low: Float64Array.from(bars, (bar) => bar.low),
    close: Float64Array.from(bars, (bar) => bar.close),
    volume: Float64Array.from(bars, (bar) => bar.volume),
  };
}

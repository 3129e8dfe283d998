import { type Timeframe, timeframeMs } from "./timeframe.ts";

const dayMs = 86_400_000;

/**
 * Cuts the bars into the periods whose returns the metrics use: UTC days for bars shorter than a day, else single bars. Also counts how many
 * bars lie on a Saturday or Sunday, from which the number of trading days in a year follows.
 */
export class ReturnPeriods {
  readonly #daily: boolean;
  #lastDay: number;
  #bars = 0;
  #weekendBars = 0;
  #starts = new Int32Array(0);

  constructor(timeframe: Timeframe, saved?: SavedReturnPeriods) {
    this.#daily = (timeframeMs(timeframe) ?? dayMs) < dayMs;
    this.#lastDay = saved?.lastDay ?? -1;
    this.#bars = saved?.bars ?? 0;
    this.#weekendBars = saved?.weekendBars ?? 0;
  }

  get bars(): number {
    return this.#bars;
  }
  get weekendBars(): number {
    return this.#weekendBars;
  }

  /** The positions in this chunk at which a period begins; a view that the next call overwrites. */
  advance(openTimeMs: Float64Array): Int32Array {
    const count = openTimeMs.length;
    if (this.#starts.length < count) this.#starts = new Int32Array(count);
    const starts = this.#starts;
    let found = 0;
    for (let i = 0; i < count; ) {
      const day = Math.floor((openTimeMs[i] as number) / dayMs);
      const next = this.#daily ? firstFrom((day + 1) * dayMs, openTimeMs, i + 1) : i + 1;
      if (!this.#daily || day !== this.#lastDay) starts[found++] = i;
      // 1970-01-01 was a Thursday: day numbers 2 and 3 (mod 7) are Saturday and Sunday.
      const weekday = ((day % 7) + 7) % 7;
      if (weekday === 2 || weekday === 3) this.#weekendBars += next - i;
      this.#lastDay = day;
      i = next;
    }
    this.#bars += count;
    return starts.subarray(0, found);
  }

  save(): SavedReturnPeriods {
    return { lastDay: this.#lastDay, bars: this.#bars, weekendBars: this.#weekendBars };
  }
}

/** The first position from `from` on whose time is not before `timeMs`, or the length; by halving, for a day may hold thousands of bars. */
function firstFrom(timeMs: number, openTimeMs: Float64Array, from: number): number {
  let low = from;
  let high = openTimeMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((openTimeMs[middle] as number) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

export type SavedReturnPeriods = { readonly lastDay: number; readonly bars: number; readonly weekendBars: number };

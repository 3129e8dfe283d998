/**
 * A contiguous piece of one instrument's bars, one `Float64Array` per column, all of the same length.
 *
 * `startBar` is the absolute number of the first bar in its snapshot. `openTimeMs` is the open time in UTC milliseconds,
 * strictly increasing. Prices and volume are finite; the price columns are above zero.
 */
export type Bars = {
  readonly startBar: number;
  readonly openTimeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
};

export type PriceField = "open" | "high" | "low" | "close" | "volume";

/** How many bars a piece holds. */
export function barCount(bars: Bars): number {
  return bars.close.length;
}

/** The bars [startBar, endBar), by absolute number, as views on the same memory. */
export function sliceBars(bars: Bars, startBar: number, endBar: number): Bars {
  const from = startBar - bars.startBar;
  const to = endBar - bars.startBar;
  return {
    startBar,
    openTimeMs: bars.openTimeMs.subarray(from, to),
    open: bars.open.subarray(from, to),
    high: bars.high.subarray(from, to),
    low: bars.low.subarray(from, to),
    close: bars.close.subarray(from, to),
    volume: bars.volume.subarray(from, to),
  };
}

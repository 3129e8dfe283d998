import type { Bars } from "../../lib/engine/bars.ts";

const hourMs = 3_600_000;

/** Open, high, low and close; or one price for all four. */
export type Row = readonly [open: number, high: number, low: number, close: number] | number;

/** Bars one after another, by default hourly from 2024-01-01T00:00Z; the volume is 1. */
export function barsOf(
  rows: readonly Row[],
  { firstMs = Date.UTC(2024, 0, 1), stepMs = hourMs, startBar = 0 } = {},
): Bars {
  const column = (field: 0 | 1 | 2 | 3) =>
    Float64Array.from(rows, (row) => (typeof row === "number" ? row : row[field]));
  return {
    startBar,
    openTimeMs: Float64Array.from(rows, (_, i) => firstMs + i * stepMs),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: new Float64Array(rows.length).fill(1),
  };
}

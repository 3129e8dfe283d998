import type { PriceField } from "../engine/bars.ts";

export type BarField = "openTimeMs" | PriceField | "adjustedClose";

/** Columns of bars, all of the same length. `adjustedClose` is there when the source has it. */
export type BarColumns = {
  readonly openTimeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly adjustedClose?: Float64Array;
};

/** Where a row came from, for messages: `spy.csv line 17`, with `, column "High"` when a field is asked for. */
export type RowPlace = (index: number, field?: BarField) => string;

/** Bars on their way from a file into a snapshot: columns, in which NaN is a missing value, and where each row came from. */
export type BarRows = BarColumns & { readonly place: RowPlace; readonly hasMissing: boolean };

export const barFields = ["openTimeMs", "open", "high", "low", "close", "volume"] as const;

/** Columns of this length, filled with zeros. */
export function emptyColumns(length: number, withAdjustedClose: "with-adjusted-close" | "plain"): BarColumns {
  const column = (): Float64Array => new Float64Array(length);
  const plain = {
    openTimeMs: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
  return withAdjustedClose === "with-adjusted-close" ? { ...plain, adjustedClose: column() } : plain;
}

/** The rows [from, to) of the columns, as views on the same memory. */
export function sliceColumns(columns: BarColumns, from: number, to: number): BarColumns {
  const plain = {
    openTimeMs: columns.openTimeMs.subarray(from, to),
    open: columns.open.subarray(from, to),
    high: columns.high.subarray(from, to),
    low: columns.low.subarray(from, to),
    close: columns.close.subarray(from, to),
    volume: columns.volume.subarray(from, to),
  };
  return columns.adjustedClose === undefined
    ? plain
    : { ...plain, adjustedClose: columns.adjustedClose.subarray(from, to) };
}

/** Copies `source` into `target` from row `at` on; both have the same columns. */
export function copyColumns(source: BarColumns, target: BarColumns, at: number): void {
  for (const field of barFields) target[field].set(source[field], at);
  if (source.adjustedClose !== undefined) target.adjustedClose?.set(source.adjustedClose, at);
}

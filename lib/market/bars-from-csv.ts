import { basename } from "node:path";
import type { Bars } from "../engine/bars.ts";
import { checkBars } from "./bar-checks.ts";
import { type BarColumns, type BarRows, copyColumns, emptyColumns } from "./bar-rows.ts";
import { BarsInputError } from "./bars-input-error.ts";
import { csvBatches } from "./csv-rows.ts";
import type { ImportOptions } from "./import-bars.ts";
import { fillMissing } from "./missing-values.ts";
import { orderTables } from "./ordered-tables.ts";
import { trackQuality } from "./quality-tracker.ts";
import { type ReadOptions, readOptions } from "./read-options.ts";
import { readRows } from "./read-rows.ts";
import type { Table } from "./table-rows.ts";

/** A file (CSV, Parquet, zip or gzip), or the text of a CSV. */
export type BarsSource = { readonly file: string } | { readonly text: string };

/** `timeframe` is needed; else UTC, labels at the open, prices as they stand and missing values filled forward. */
export type BarsFromCsvOptions = { readonly timeframe: string } & Partial<
  Pick<
    ImportOptions,
    "timeZone" | "barLabel" | "missing" | "adjust" | "columns" | "timeFormat" | "priceScale" | "nowMs"
  >
>;

/** Reads bars into memory with the parser and the checks of an import; throws BarsInputError naming file, line and column. */
export async function barsFromCsv(source: BarsSource, options: BarsFromCsvOptions): Promise<Bars> {
  const {
    timeZone = "UTC",
    barLabel = "open",
    adjust = "none",
    missing = "forward-fill",
    nowMs = Date.now(),
  } = options;
  const read = readOptions({ ...options, timeZone, barLabel, adjust });
  const filter = fillMissing(missing, undefined);
  const tracker = trackQuality({ span: read.span, timeZone, missing }, undefined);
  const pieces: BarColumns[] = [];
  let previousMs = Number.NEGATIVE_INFINITY;
  const keep = (bars: BarRows): void => {
    checkBars(bars, previousMs, nowMs, bars.place);
    tracker.watchTimes(bars, previousMs, bars.place);
    previousMs = bars.openTimeMs.at(-1) ?? previousMs;
    pieces.push(bars);
  };
  for (const table of await tablesOf(source, read)) {
    for await (const rows of readRows(table, read, new Set())) keep(filter.push(rows));
  }
  const last = filter.end();
  if (last !== undefined) keep(last);
  return joined(pieces);
}

async function tablesOf(source: BarsSource, read: ReadOptions): Promise<readonly Table[]> {
  if ("file" in source) return orderTables([source.file], read);
  const label = "CSV text";
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(source.text);
  };
  return [{ label, fileName: basename(label), unit: "line", batches: () => csvBatches(bytes(), label) }];
}

function joined(pieces: readonly BarColumns[]): Bars {
  const count = pieces.reduce((sum, piece) => sum + piece.close.length, 0);
  if (count === 0) throw new BarsInputError("Found no bars. Check the text and the missing policy.");
  const whole = emptyColumns(count, "plain");
  let at = 0;
  for (const piece of pieces) {
    copyColumns(piece, whole, at);
    at += piece.close.length;
  }
  const { openTimeMs, open, high, low, close, volume } = whole;
  return { startBar: 0, openTimeMs, open, high, low, close, volume };
}

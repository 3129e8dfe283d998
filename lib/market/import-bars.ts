import { BarsInputError } from "./bars-input-error.ts";
import { fillMissing } from "./missing-values.ts";
import type { ObjectStore } from "./object-store.ts";
import type { BarLabel } from "./open-time.ts";
import { orderTables } from "./ordered-tables.ts";
import { readOptions } from "./read-options.ts";
import { readRows } from "./read-rows.ts";
import type { SnapshotCatalog } from "./snapshot-catalog.ts";
import type { MissingPolicy, PriceAdjustment, SnapshotManifest } from "./snapshot-manifest.ts";
import { snapshotWriter } from "./snapshot-writer.ts";
import { hashFiles } from "./source-hashes.ts";
import type { SlashOrder } from "./time-text.ts";

/** Where snapshots are kept: chunks in the object store, manifests and names in the catalog. */
export type SnapshotStores = { readonly objects: ObjectStore; readonly snapshots: SnapshotCatalog };

/** What to import and how to understand it; the names of the command's flags are in the messages. */
export type ImportOptions = {
  /** Paths of CSV, Parquet, zip or gzip files that form one series, in any order. */
  readonly files: readonly string[];
  readonly symbol: string;
  readonly timeframe: string;
  /** The name under which the snapshot is found. */
  readonly name: string;
  /** IANA zone of times without an offset. Dates without a time of day name a calendar day in any zone. */
  readonly timeZone: string;
  readonly barLabel: BarLabel;
  readonly missing: MissingPolicy;
  /** `splits-and-dividends` scales the prices of every bar by adjusted close / close. */
  readonly adjust: PriceAdjustment;
  /** The present, UTC ms: bars that open later are refused. */
  readonly nowMs: number;
  readonly currency: string;
  readonly tick?: number;
  readonly lot?: number;
  /** The columns in the order of the file, for files without header or with unusual names; "-" for one to leave out. */
  readonly columns?: readonly string[];
  readonly timeFormat?: SlashOrder;
  /** Multiplies every price; 1 when not given. */
  readonly priceScale?: number;
};

/**
 * Imports files as a new snapshot under a name and returns its manifest. The catalog's entry is written last, so that a failure leaves nothing
 * but chunks that no snapshot mentions. Throws BarsInputError naming file, line and column.
 */
export async function importBars(options: ImportOptions, stores: SnapshotStores): Promise<SnapshotManifest> {
  const { symbol, timeframe, timeZone, currency, tick, lot, missing, adjust, nowMs } = options;
  checkFacts(options);
  const read = readOptions(options);
  const sources = await hashFiles(options.files);
  const writer = snapshotWriter(
    {
      instrument: {
        symbol,
        timeframe,
        timeZone,
        currency,
        ...(tick === undefined ? {} : { tick }),
        ...(lot === undefined ? {} : { lot }),
      },
      missing,
      adjust,
      nowMs,
    },
    stores.objects,
  );
  const filter = fillMissing(missing, undefined);
  const notes = new Set<string>();
  let rowsRead = 0;
  for (const table of await orderTables(options.files, read)) {
    for await (const rows of readRows(table, read, notes)) {
      rowsRead += rows.close.length;
      const bars = filter.push(rows);
      await writer.write(bars, bars.place);
    }
  }
  const last = filter.end();
  if (last !== undefined) await writer.write(last, last.place);
  const manifest = await writer.finish({
    importedAtMs: nowMs,
    sources,
    rowsRead,
    overlapRowCount: 0,
    ...filter.counts,
    notes: [...notes],
  });
  await stores.snapshots.put({ name: options.name, recordedAtMs: nowMs, manifest });
  return manifest;
}

function checkFacts({ symbol, name, tick, lot, currency }: ImportOptions): void {
  for (const [flag, text] of Object.entries({ "--symbol": symbol, "--name": name, "--currency": currency })) {
    if (text.trim() === "") throw new BarsInputError(`${flag}: expected a text, found an empty one. Give one.`);
  }
  for (const [flag, value] of Object.entries({ "--tick": tick, "--lot": lot })) {
    if (value !== undefined && !(value > 0 && Number.isFinite(value)))
      throw new BarsInputError(`${flag} ${value}: expected a number above zero. Give one, or leave the flag out.`);
  }
}

import type { BarRows } from "./bar-rows.ts";
import { BarsInputError } from "./bars-input-error.ts";
import type { ImportOptions, SnapshotStores } from "./import-bars.ts";
import { fillMissing, type MissingFilter } from "./missing-values.ts";
import { onlyInstrument, openSnapshot } from "./open-snapshot.ts";
import { orderTables } from "./ordered-tables.ts";
import { readOptions } from "./read-options.ts";
import { readRows } from "./read-rows.ts";
import { sliceRows } from "./row-parser.ts";
import type { SnapshotManifest } from "./snapshot-manifest.ts";
import { snapshotWriter } from "./snapshot-writer.ts";
import { hashFiles } from "./source-hashes.ts";
import { storedBars } from "./stored-bars.ts";

/** What to append; symbol, timeframe, currency, missing policy and adjustment are the base's. */
export type AppendOptions = Pick<
  ImportOptions,
  "files" | "name" | "barLabel" | "nowMs" | "columns" | "timeFormat" | "priceScale"
> & {
  /** The snapshot to go on from: the newest of the name. */
  readonly base: SnapshotManifest;
  /** The base's zone when not given. */
  readonly timeZone?: string;
};

export type AppendOutcome =
  | {
      readonly kind: "appended";
      readonly manifest: SnapshotManifest;
      readonly addedBarCount: number;
      readonly overlapRowCount: number;
    }
  /** Every row is stored already with the same values. Nothing changed. */
  | { readonly kind: "nothingNew"; readonly manifest: SnapshotManifest; readonly overlapRowCount: number }
  /** The name means another snapshot by now. Nothing changed; read it and append again. */
  | { readonly kind: "superseded"; readonly newestId: string | undefined };

/**
 * Adds later bars to a snapshot, as a new snapshot that shares its full chunks and has the id of an import of all the bars. Rows that are stored
 * already are skipped when they are the same; other values, or a new row before the end, throw BarsInputError naming row and field.
 */
export async function appendBars(options: AppendOptions, stores: SnapshotStores): Promise<AppendOutcome> {
  const { base, files, name, nowMs } = options;
  const instrument = onlyInstrument(base);
  const { symbol, timeframe, currency, tick, lot } = instrument;
  const timeZone = options.timeZone ?? instrument.timeZone;
  const read = readOptions({ ...options, timeframe, timeZone, adjust: base.adjust });
  const sources = await hashFiles(files);
  const snapshot = openSnapshot(base, stores.objects);
  const stored = storedBars(snapshot);
  const lastChunk = await snapshot.readChunk(instrument.chunks.length - 1);
  const writer = snapshotWriter(
    {
      instrument: {
        symbol,
        timeframe,
        timeZone: instrument.timeZone,
        currency,
        ...(tick === undefined ? {} : { tick }),
        ...(lot === undefined ? {} : { lot }),
      },
      missing: base.missing,
      adjust: base.adjust,
      nowMs,
      base: { manifest: base, lastChunk },
    },
    stores.objects,
  );
  const notes = new Set<string>();
  let filter: MissingFilter | undefined;
  let [rowsRead, overlapRowCount] = [0, 0];

  const take = async (rows: BarRows): Promise<void> => {
    const newFrom = firstAfter(rows, instrument.lastTimeMs);
    await stored.check(sliceRows(rows, 0, newFrom));
    overlapRowCount += newFrom;
    const fresh = sliceRows(rows, newFrom, rows.close.length);
    await writer.write(fresh, fresh.place);
  };

  for (const table of await orderTables(files, read)) {
    for await (const rows of readRows(table, read, notes)) {
      rowsRead += rows.close.length;
      // Rows that follow the base directly may be filled from its last bar, as in one import of all.
      const follows = (rows.openTimeMs[0] ?? 0) > instrument.lastTimeMs;
      filter ??= fillMissing(base.missing, follows ? lastChunk : undefined);
      await take(filter.push(rows));
    }
  }
  const last = filter?.end();
  if (last !== undefined) await take(last);
  if (filter === undefined) throw new BarsInputError("Found no bars to append. Check the files.");
  const manifest = await writer.finish({
    importedAtMs: nowMs,
    sources,
    rowsRead,
    overlapRowCount,
    ...filter.counts,
    notes: [...notes],
  });
  const addedBarCount = onlyInstrument(manifest).barCount - instrument.barCount;
  if (addedBarCount === 0) return { kind: "nothingNew", manifest: base, overlapRowCount };
  const outcome = await stores.snapshots.put({ name, recordedAtMs: nowMs, manifest, replaces: base.snapshotId });
  if (outcome.kind === "superseded") return outcome;
  return { kind: "appended", manifest, addedBarCount, overlapRowCount };
}

function firstAfter(rows: BarRows, lastMs: number): number {
  const index = rows.openTimeMs.findIndex((t) => t > lastMs);
  return index === -1 ? rows.openTimeMs.length : index;
}

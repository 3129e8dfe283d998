import { z } from "zod";
import type { ObjectStore } from "../market/object-store.ts";
import { onlyInstrument } from "../market/open-snapshot.ts";
import type { SnapshotCatalog } from "../market/snapshot-catalog.ts";
import { getDocument } from "../sweep/sweep-objects.ts";
import type { SweepRecord } from "../sweep/sweep-store.ts";
import { type ExportColumn, type ExportTable, factColumns } from "./export-tables.ts";
import type { FactRecord } from "./fact-records.ts";
import { loadResult } from "./sweep-document.ts";
import { readStitchedEquity } from "./sweep-stitched-curve.ts";

/** What a sweep's stitched record out of sample consists of. */
export type StitchedKind = "equity" | "trades";

/** The columns are those of a run's tables with the window in the place of the lane. */
export const stitchedColumns: { readonly [kind in StitchedKind]: readonly ExportColumn[] } = {
  equity: [
    { name: "window", type: "integer" },
    { name: "bar", type: "integer" },
    { name: "timeMs", type: "time" },
    { name: "equity", type: "number" },
  ],
  trades: [{ name: "window", type: "integer" }, ...factColumns("trades").slice(1)],
};

export type StitchedPoint = {
  readonly window: number;
  readonly bar: number;
  readonly timeMs: number;
  readonly equity: number;
};

type SweepAnswered = Pick<SweepRecord, "resultHash" | "snapshotId">;
type StitchedStores = { readonly objects: ObjectStore; readonly snapshots: SnapshotCatalog };

/** The equity of the stitched record, a point a bar; empty before the sweep's end, and for a sweep without such a record. */
export async function stitchedEquity(
  sweep: SweepAnswered,
  { objects }: Pick<StitchedStores, "objects">,
): Promise<readonly StitchedPoint[]> {
  const stitched = (await loadResult(sweep, objects))?.stitched ?? null;
  if (stitched === null) return [];
  const { bar, timeMs, window, equity } = await readStitchedEquity(stitched.equityHash, objects);
  return equity.map((value, i) => ({
    window: window[i] as number,
    bar: bar[i] as number,
    timeMs: timeMs[i] as number,
    equity: value,
  }));
}

/** The trades of the stitched record, a field for each column; empty where its equity is. */
export async function stitchedTrades(
  sweep: SweepAnswered,
  { objects, snapshots }: StitchedStores,
): Promise<readonly FactRecord[]> {
  const stitched = (await loadResult(sweep, objects))?.stitched ?? null;
  if (stitched === null) return [];
  const trades = storedTrades.parse(await getDocument(stitched.tradesHash, objects));
  const manifest = await snapshots.get(sweep.snapshotId);
  // Trades are stored with the number of their instrument; its symbol stands in the snapshot, as long as that is kept.
  const symbol = manifest === undefined ? undefined : onlyInstrument(manifest).symbol;
  return trades.map((trade) =>
    Object.fromEntries(
      stitchedColumns.trades.map(({ name }) => [
        name,
        name === "instrument" ? (symbol ?? String(trade[name])) : (trade[name] ?? null),
      ]),
    ),
  );
}

const storedTrades = z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()])));

/** Records, piece by piece, as a table to be written. */
export function stitchedTable(kind: StitchedKind, records: AsyncIterable<readonly FactRecord[]>): ExportTable {
  const columns = stitchedColumns[kind];
  let count = 0;
  const pieces = async function* () {
    for await (const piece of records) {
      count += piece.length;
      yield piece.map((record) => columns.map(({ name }) => record[name] ?? null));
    }
  };
  return { columns, pieces: pieces(), rowCount: () => count };
}

/** The table of a sweep in these stores. */
export function storedStitchedTable(kind: StitchedKind, sweep: SweepAnswered, stores: StitchedStores): ExportTable {
  const records = async function* () {
    yield kind === "equity" ? await stitchedEquity(sweep, stores) : await stitchedTrades(sweep, stores);
  };
  return stitchedTable(kind, records());
}

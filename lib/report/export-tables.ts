import { type Fixed, formatFixed } from "../engine/money.ts";
import { findSnapshot } from "../market/find-snapshot.ts";
import type { ObjectStore } from "../market/object-store.ts";
import { onlyInstrument, openSnapshot, type Snapshot } from "../market/open-snapshot.ts";
import { factFields, type RowKind } from "../run/fact-tables.ts";
import { loadResult } from "../run/finish.ts";
import type { RunStores } from "../run/opened-run.ts";
import type { PartRows } from "../run/parts.ts";
import type { RunResult } from "../run/result.ts";
import { partsOf, readEquity, readRows } from "../run/run-facts.ts";
import type { PartReference, RunRecord } from "../run/run-store.ts";
import { storedSpec } from "../run/stored-spec.ts";

export const tableKinds = ["trades", "fills", "orders", "equity"] as const;
export type TableKind = (typeof tableKinds)[number];

/** Where the exported facts come from; `result` is there once the run is completed. */
export type ExportSource = {
  readonly run: RunRecord;
  readonly result: RunResult | undefined;
  readonly lanes: readonly number[];
  readonly parts: readonly PartReference[];
  readonly equityEvery: number;
  readonly symbols: readonly string[];
  readonly snapshot: Snapshot;
  readonly objects: ObjectStore;
};

/** How a column is written: a whole number, a float64, an exact decimal (as its text), a time (UTC ms) or a text. */
export type ExportColumn = { readonly name: string; readonly type: "integer" | "number" | "decimal" | "time" | "text" };
export type ExportValue = string | number | null;

/** A table as pieces of rows; one part is in memory at a time. `rowCount` tells how many rows were read. */
export type ExportTable = {
  readonly columns: readonly ExportColumn[];
  readonly pieces: AsyncIterable<readonly (readonly ExportValue[])[]>;
  rowCount(): number;
};

/** What the run has stored so far for these lanes. Throws BarsInputError when its snapshot is gone. */
export async function exportSource(run: RunRecord, lanes: readonly number[], stores: RunStores): Promise<ExportSource> {
  const result = await loadResult(run, stores);
  const manifest = await findSnapshot(run.snapshotId, stores.snapshots);
  return {
    run,
    result,
    lanes,
    parts: partsOf(await stores.runs.listSegments(run.runId), result),
    equityEvery: storedSpec(run).record.equityEvery,
    symbols: [onlyInstrument(manifest).symbol],
    snapshot: openSnapshot(manifest, stores.objects),
    objects: stores.objects,
  };
}

export function exportTable(kind: TableKind, source: ExportSource): ExportTable {
  let count = 0;
  const counted = async function* (
    pieces: AsyncIterable<readonly (readonly ExportValue[])[]>,
  ): AsyncGenerator<readonly (readonly ExportValue[])[]> {
    for await (const piece of pieces) {
      count += piece.length;
      yield piece;
    }
  };
  const rowCount = (): number => count;
  if (kind === "equity") return { columns: equityColumns, pieces: counted(equityPieces(source)), rowCount };
  return { columns: factColumns(kind), pieces: counted(factPieces(kind, source)), rowCount };
}

const wholeFields = ["bar", "submittedBar", "tradeId", "entryBar", "exitBar"];

/** The columns of a kind of facts, the lane first. */
export function factColumns(kind: RowKind): readonly ExportColumn[] {
  const fields = factFields[kind].map(({ name, type }): ExportColumn => {
    if (/timeMs$/i.test(name)) return { name, type: "time" };
    if (name === "instrument" || type === "text" || type === "id") return { name, type: "text" };
    if (type === "fixed") return { name, type: "decimal" };
    return { name, type: wholeFields.includes(name) ? "integer" : "number" };
  });
  return [{ name: "lane", type: "integer" }, ...fields];
}

async function* factPieces(
  kind: RowKind,
  { lanes, parts, objects, symbols }: ExportSource,
): AsyncGenerator<readonly (readonly ExportValue[])[]> {
  for await (const rows of readRows(kind, parts, objects))
    if (lanes.includes(rows.lane)) yield factRows(kind, rows, { start: 0, end: rows.count }, symbols);
}

/** Some rows of a part, [start, end), by the columns of `factColumns`. */
export function factRows(
  kind: RowKind,
  rows: PartRows,
  { start, end }: { readonly start: number; readonly end: number },
  symbols: readonly string[],
): readonly (readonly ExportValue[])[] {
  const fields = factFields[kind];
  return Array.from({ length: end - start }, (_, index) => [
    rows.lane,
    ...fields.map(({ name, type }, f): ExportValue => {
      const value = rows.valueOf(start + index, f);
      if (value === null) return null;
      if (type === "fixed") return formatFixed(value as Fixed);
      if (name === "instrument") return symbols[Number(value)] ?? String(value);
      return type === "id" || type === "text" ? String(value) : Number(value);
    }),
  ]);
}

export const equityColumns: readonly ExportColumn[] = [
  { name: "lane", type: "integer" },
  { name: "bar", type: "integer" },
  { name: "timeMs", type: "time" },
  { name: "equity", type: "number" },
];

/** The kept points with their bars and times; a completed run's last is the equity after a forced close, at the last bar. */
async function* equityPieces(source: ExportSource): AsyncGenerator<readonly (readonly ExportValue[])[]> {
  const { run, result, parts, objects, equityEvery } = source;
  const { manifest, readChunk } = source.snapshot;
  for (const lane of source.lanes) {
    let bar = run.startBar;
    let chunk = -1;
    let times = new Float64Array();
    const row = async (equity: number): Promise<readonly ExportValue[]> => {
      const index = Math.floor(bar / manifest.chunkBars);
      if (index !== chunk) times = Float64Array.from((await readChunk(index)).openTimeMs);
      chunk = index;
      return [lane, bar, times[bar - index * manifest.chunkBars] as number, equity];
    };
    const final = result?.lanes[lane]?.metrics.finalEquity;
    let hasPoints = false;
    for await (const points of readEquity(lane, parts, objects)) {
      const rows: (readonly ExportValue[])[] = [];
      for (const equity of points) {
        if (final === undefined || bar < run.endBar - 1) rows.push(await row(equity));
        bar += equityEvery;
      }
      hasPoints = true;
      yield rows;
    }
    bar = run.endBar - 1;
    if (hasPoints && final !== undefined) yield [await row(final)];
  }
}

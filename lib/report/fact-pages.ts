import type { RowKind } from "../run/fact-tables.ts";
import { decodeEquity, decodeRows } from "../run/parts.ts";
import { type ExportSource, type ExportValue, factColumns, factRows } from "./export-tables.ts";
import type { FactRecord } from "./fact-records.ts";

/** Where in a run's parts of one kind a page begins: the part, counted from 0, and how many of its rows came before. */
export type FactPlace = { readonly part: number; readonly row: number };

/** A page of facts as `export --format json` writes them, and where the next begins; absent on the last. Reads only the parts that the page lies in. */
export async function factPage(
  kind: RowKind,
  source: ExportSource,
  from: FactPlace,
  limit: number,
): Promise<{ readonly facts: readonly FactRecord[]; readonly next?: FactPlace }> {
  const parts = source.parts.filter((part) => part.kind === kind);
  const names = factColumns(kind).map((column) => column.name);
  const facts: FactRecord[] = [];
  let { part, row } = from;
  for (; part < parts.length; part++, row = 0) {
    let before = 0;
    for (const rows of decodeRows(kind, await source.objects.get("parts", parts[part]?.hash ?? ""))) {
      if (!source.lanes.includes(rows.lane)) continue;
      const start = Math.max(row - before, 0);
      const end = Math.min(rows.count, start + limit - facts.length);
      if (start < end)
        facts.push(...factRows(kind, rows, { start, end }, source.symbols).map((values) => record(names, values)));
      if (end < rows.count && start < rows.count) return { facts, next: { part, row: before + end } };
      before += rows.count;
    }
  }
  return { facts };
}

function record(names: readonly string[], values: readonly ExportValue[]): FactRecord {
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]));
}

export type EquityRecord = {
  readonly lane: number;
  readonly bar: number;
  readonly timeMs: number;
  readonly equity: number;
};

/**
 * A page of one lane's equity curve from its point `from` (counted from 0) on; `next` is absent on the last page. A completed run's last point is the equity after
 * a forced close, at the last bar.
 */
export async function equityPage(
  lane: number,
  source: ExportSource,
  from: number,
  limit: number,
): Promise<{ readonly points: readonly EquityRecord[]; readonly next?: number }> {
  const { run, equityEvery: every, result, objects } = source;
  const final = result?.lanes[lane]?.metrics.finalEquity;
  const parts = source.parts.filter((part) => part.kind === "equity");
  const stored = parts.reduce((sum, part) => sum + part.rows, 0);
  const before = final === undefined ? stored : Math.min(stored, Math.ceil((run.endBar - 1 - run.startBar) / every));
  const count = stored === 0 ? 0 : before + (final === undefined ? 0 : 1);
  const end = Math.min(from + limit, count);
  const points: EquityRecord[] = [];
  let first = 0;
  for (const part of parts) {
    const [start, stop] = [Math.max(from, first), Math.min(end, before, first + part.rows)];
    if (start < stop) {
      const values = decodeEquity(await objects.get("parts", part.hash))[lane] ?? new Float64Array();
      for (let point = start; point < stop; point++)
        points.push(await at(run.startBar + point * every, values[point - first] ?? Number.NaN));
    }
    first += part.rows;
  }
  if (final !== undefined && from <= before && end === count && count > 0) points.push(await at(run.endBar - 1, final));
  return end < count ? { points, next: end } : { points };

  async function at(bar: number, equity: number): Promise<EquityRecord> {
    const { manifest, readChunk } = source.snapshot;
    const index = Math.floor(bar / manifest.chunkBars);
    const { openTimeMs } = await readChunk(index);
    return { lane, bar, timeMs: openTimeMs[bar - index * manifest.chunkBars] ?? Number.NaN, equity };
  }
}

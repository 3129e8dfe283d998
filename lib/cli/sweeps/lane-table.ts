import type { ObjectStore } from "../../market/object-store.ts";
import type { ExportColumn, ExportTable, ExportValue } from "../../report/export-tables.ts";
import { loadResult, type SweepLane } from "../../report/sweep-document.ts";
import type { TableRow } from "../../sweep/sweep-digest.ts";
import { getDocument } from "../../sweep/sweep-objects.ts";
import type { SweepResult } from "../../sweep/sweep-result.ts";
import type { SweepRecord } from "../../sweep/sweep-store.ts";

/** The table of a sweep as an export; without rows before the sweep's end. */
export async function laneTable(sweep: Pick<SweepRecord, "resultHash">, objects: ObjectStore): Promise<ExportTable> {
  const { spreads = {}, table = [] } = (await loadResult(sweep, objects)) ?? {};
  return laneTableOf(Object.keys(spreads), () => piecesOf(table, objects));
}

/** Rows as an export: window, range, lane, a column for each parameter and each metric, and the failure. The rows are read twice from their start: once a piece to know the columns. */
export async function laneTableOf(
  metrics: readonly string[],
  read: () => AsyncGenerator<readonly Row[]>,
): Promise<ExportTable> {
  const sample: readonly Row[] = (await read().next()).value ?? [];
  const params = [...new Set(sample.flatMap((row: Row) => Object.keys(row.params as object)))];
  const isNumber = (name: string) =>
    sample.every((row: Row) => ["number", "undefined"].includes(typeof (row.params as Fields)[name]));
  const columns: ExportColumn[] = [
    ...["window", "range", "lane"].map((name) => ({ name, type: "integer" as const })),
    ...params.map((name) => ({
      name: `params.${name}`,
      type: isNumber(name) ? ("number" as const) : ("text" as const),
    })),
    ...metrics.map((name) => ({ name, type: "number" as const })),
    { name: "failure", type: "text" },
  ];
  let rows = 0;
  async function* pieces(): AsyncGenerator<ExportValue[][]> {
    for await (const piece of read()) {
      rows += piece.length;
      yield piece.map((row) => [
        row.window,
        row.range,
        row.lane,
        ...params.map((name) => plain((row.params as Fields)[name], isNumber(name))),
        ...metrics.map((name) =>
          "metrics" in row && row.metrics !== null
            ? ((row.metrics as { [name: string]: number | null })[name] ?? null)
            : null,
        ),
        "failure" in row ? row.failure : null,
      ]);
    }
  }
  return { columns, pieces: pieces(), rowCount: () => rows };
}

/** As it is stored, or as documents show it. */
type Row = TableRow | SweepLane;
type Fields = { readonly [name: string]: unknown };

async function* piecesOf(table: SweepResult["table"], objects: ObjectStore): AsyncGenerator<readonly TableRow[]> {
  for (const { hash } of table) yield await getDocument<readonly TableRow[]>(hash, objects);
}

function plain(value: unknown, isNumber: boolean): ExportValue {
  if (value === undefined || value === null) return null;
  if (isNumber) return Number(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

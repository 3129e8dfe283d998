import type { ObjectStore } from "../../market/object-store.ts";
import type { ExportColumn, ExportTable, ExportValue } from "../../report/export-tables.ts";
import { loadResult } from "../../report/sweep-document.ts";
import type { TableRow } from "../../sweep/sweep-digest.ts";
import { getDocument } from "../../sweep/sweep-objects.ts";
import type { SweepResult } from "../../sweep/sweep-result.ts";
import type { SweepRecord } from "../../sweep/sweep-store.ts";

/** The table of a finished sweep as an export: window, range, lane, a column for each parameter and each metric, and the failure. Undefined before its end. */
export async function laneTable(sweep: SweepRecord, objects: ObjectStore): Promise<ExportTable | undefined> {
  const result = await loadResult(sweep, objects);
  if (result === undefined) return undefined;
  const sample: readonly TableRow[] = (await piecesOf(result, objects).next()).value ?? [];
  const params = [...new Set(sample.flatMap((row: TableRow) => Object.keys(row.params as object)))];
  const metrics = Object.keys(result.spreads);
  const isNumber = (name: string) =>
    sample.every((row: TableRow) => ["number", "undefined"].includes(typeof (row.params as Fields)[name]));
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
  async function* pieces(table: SweepResult): AsyncGenerator<ExportValue[][]> {
    for await (const piece of piecesOf(table, objects)) {
      rows += piece.length;
      yield piece.map((row) => [
        row.window,
        row.range,
        row.lane,
        ...params.map((name) => plain((row.params as Fields)[name], isNumber(name))),
        ...metrics.map((name) =>
          "metrics" in row ? ((row.metrics as { [name: string]: number | null })[name] ?? null) : null,
        ),
        "failure" in row ? row.failure : null,
      ]);
    }
  }
  return { columns, pieces: pieces(result), rowCount: () => rows };
}

type Fields = { readonly [name: string]: unknown };

async function* piecesOf({ table }: SweepResult, objects: ObjectStore): AsyncGenerator<readonly TableRow[]> {
  for (const { hash } of table) yield await getDocument<readonly TableRow[]>(hash, objects);
}

function plain(value: unknown, isNumber: boolean): ExportValue {
  if (value === undefined || value === null) return null;
  if (isNumber) return Number(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

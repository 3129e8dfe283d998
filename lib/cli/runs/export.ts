import { join, resolve } from "node:path";
import { type ExportTable, exportSource, exportTable, type TableKind, tableKinds } from "../../report/export-tables.ts";
import { findRun } from "../../run/find-run.ts";
import type { Console, ExitCode } from "../console.ts";
import { laneCountWith } from "../lane-count.ts";
import { atHome } from "../local-home.ts";
import { countOf, sizeText } from "../quantity-text.ts";
import { left, right, textTable } from "../text-table.ts";
import { writeFileWhole } from "../write-file.ts";
import { csvPieces, jsonPieces } from "./export-text.ts";

export type ExportRunFlags = {
  readonly format: "csv" | "json" | "parquet";
  readonly out?: string;
  readonly lane?: number;
  readonly what?: readonly TableKind[];
};

/** `export`: a file for each kind of facts, written part by part. */
export function exportRun(reference: string, flags: ExportRunFlags, console: Console): Promise<ExitCode> {
  return atHome(async (home) => {
    const run = await findRun(reference, home.stores.runs);
    const laneCount = laneCountWith(flags.lane, run);
    const lanes = flags.lane === undefined ? Array.from({ length: laneCount }, (_, index) => index) : [flags.lane];
    const source = await exportSource(run, lanes, home.stores);
    const folder = resolve(flags.out ?? run.runId);
    if (run.status !== "completed")
      console.note(
        `Run ${run.runId} is ${run.status}: what it has done up to bar ${run.headBar - run.startBar} is exported.`,
      );
    const files: { what: TableKind; file: string; rows: number; sizeBytes: number }[] = [];
    for (const what of flags.what ?? tableKinds) {
      const table = exportTable(what, source);
      const file = join(folder, `${what}.${flags.format}`);
      const sizeBytes = await writeFileWhole(file, await pieces(flags.format, table));
      files.push({ what, file, rows: table.rowCount(), sizeBytes });
    }
    const rows = files.map(({ what, rows: count, sizeBytes, file }) => [
      what,
      countOf(count, "row"),
      sizeText(sizeBytes),
      file,
    ]);
    console.answer(
      { runId: run.runId, format: flags.format, files },
      textTable([left("WHAT"), right("ROWS"), right("SIZE"), left("FILE")], rows),
    );
    return 0;
  });
}

async function pieces(
  format: ExportRunFlags["format"],
  table: ExportTable,
): Promise<AsyncIterable<Uint8Array | string>> {
  switch (format) {
    case "csv":
      return csvPieces(table);
    case "json":
      return jsonPieces(table);
    case "parquet":
      return (await import("./export-parquet.ts")).parquetPieces(table);
  }
}

import { join, resolve } from "node:path";
import { findSnapshot } from "../../market/find-snapshot.ts";
import { onlyInstrument, openSnapshot } from "../../market/open-snapshot.ts";
import { loadResult } from "../../run/finish.ts";
import { partsOf } from "../../run/run-facts.ts";
import type { RunRecord } from "../../run/run-store.ts";
import type { Console, ExitCode } from "../console.ts";
import { findRun } from "../find-run.ts";
import { atHome, type LocalHome } from "../local-home.ts";
import { countOf, sizeText } from "../quantity-text.ts";
import { laneCountWith, storedSpec } from "../stored-spec.ts";
import { left, right, textTable } from "../text-table.ts";
import { writeFileWhole } from "../write-file.ts";
import { type ExportSource, type ExportTable, exportTable, type TableKind, tableKinds } from "./export-tables.ts";
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
    const source = await exportSource(run, flags.lane, home);
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

async function exportSource(run: RunRecord, lane: number | undefined, { stores }: LocalHome): Promise<ExportSource> {
  const spec = storedSpec(run);
  const laneCount = laneCountWith(lane, run);
  const result = await loadResult(run, stores);
  const manifest = await findSnapshot(run.snapshotId, stores.snapshots);
  return {
    run,
    result,
    lanes: lane === undefined ? Array.from({ length: laneCount }, (_, index) => index) : [lane],
    parts: partsOf(await stores.runs.listSegments(run.runId), result),
    equityEvery: spec.record.equityEvery,
    symbols: [onlyInstrument(manifest).symbol],
    snapshot: openSnapshot(manifest, stores.objects),
    objects: stores.objects,
  };
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

import { join, resolve } from "node:path";
import { type ExportTable, exportSource, exportTable, type TableKind, tableKinds } from "../../report/export-tables.ts";
import { findRun } from "../../run/find-run.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { assertLane, laneCountWith } from "../lane-count.ts";
import { atPlace } from "../place.ts";
import { countOf, sizeText } from "../quantity-text.ts";
import { left, right, textTable } from "../text-table.ts";
import { writeFileWhole } from "../write-file.ts";
import { exportPieces } from "./export-pieces.ts";

export type ExportRunFlags = CloudFlags & {
  readonly format: "csv" | "json" | "parquet";
  readonly out?: string;
  readonly lane?: number;
  readonly what?: readonly TableKind[];
};

/** `export`: a file for each kind of facts, written part by part, or page by page. */
export async function exportRun(reference: string, flags: ExportRunFlags, console: Console): Promise<ExitCode> {
  const document = await atPlace(flags, {
    local: async (home) => {
      const run = await findRun(reference, home.stores.runs);
      const lanes = chosenLanes(flags.lane, laneCountWith(flags.lane, run));
      const source = await exportSource(run, lanes, home.stores);
      noteUnfinished(run.runId, run.status, run.headBar - run.startBar, console);
      return writeTables(run.runId, flags, (kind) => exportTable(kind, source));
    },
    cloud: async ({ runs }) => {
      const { runId, status, head, data, lanes } = await runs.get(reference);
      assertLane(flags.lane, runId, lanes.length);
      noteUnfinished(runId, status, head.bar - data.startBar, console);
      const chosen = chosenLanes(flags.lane, lanes.length);
      return writeTables(runId, flags, (kind) => runs.table(runId, kind, chosen, lanes.length));
    },
  });
  const rows = document.files.map(({ what, rows: count, sizeBytes, file }) => [
    what,
    countOf(count, "row"),
    sizeText(sizeBytes),
    file,
  ]);
  console.answer(document, textTable([left("WHAT"), right("ROWS"), right("SIZE"), left("FILE")], rows));
  return 0;
}

function chosenLanes(lane: number | undefined, laneCount: number): readonly number[] {
  return lane === undefined ? Array.from({ length: laneCount }, (_, index) => index) : [lane];
}

function noteUnfinished(runId: string, status: string, bars: number, console: Console): void {
  if (status !== "completed")
    console.note(`Run ${runId} is ${status}: what it has done up to bar ${bars} is exported.`);
}

async function writeTables(runId: string, flags: ExportRunFlags, tableOf: (kind: TableKind) => ExportTable) {
  const folder = resolve(flags.out ?? runId);
  const files: { what: TableKind; file: string; rows: number; sizeBytes: number }[] = [];
  for (const what of flags.what ?? tableKinds) {
    const table = tableOf(what);
    const file = join(folder, `${what}.${flags.format}`);
    const sizeBytes = await writeFileWhole(file, await exportPieces(flags.format, table));
    files.push({ what, file, rows: table.rowCount(), sizeBytes });
  }
  return { runId, format: flags.format, files };
}

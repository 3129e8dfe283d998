import { InputError } from "../../engine/input-error.ts";
import type { ExportTable } from "../../report/export-tables.ts";
import { findSweep } from "../../sweep/find-sweep.ts";
import type { SweepRecord } from "../../sweep/sweep-store.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { countOf } from "../quantity-text.ts";
import { parquetPieces } from "../runs/export-parquet.ts";
import { csvPieces } from "../runs/export-text.ts";
import { writeFileWhole } from "../write-file.ts";
import { laneTable, laneTableOf } from "./lane-table.ts";

export type ExportSweepFlags = CloudFlags & { readonly format: "csv" | "parquet"; readonly out?: string };

/** A sweep without a table yet. */
export class SweepUnfinishedError extends InputError {
  override readonly name = "SweepUnfinishedError";
}

/** `sweep export`: the table of lanes, one row for each lane and range. */
export async function exportSweep(reference: string, flags: ExportSweepFlags, console: Console): Promise<ExitCode> {
  return atPlace<ExitCode>(flags, {
    local: async ({ stores }) => {
      const sweep = await findSweep(reference, stores.sweeps);
      return write(sweep, await laneTable(sweep, stores.objects), flags, console);
    },
    cloud: async ({ sweeps }) => {
      const sweep = await sweeps.summary(reference);
      const rows = () => sweeps.lanes(sweep.sweepId);
      const table = sweep.resultDigest === null ? undefined : await laneTableOf(Object.keys(sweep.spreads), rows);
      return write(sweep, table, flags, console);
    },
  });
}

async function write(
  { sweepId, status }: Pick<SweepRecord, "sweepId" | "status">,
  table: ExportTable | undefined,
  { format, out }: ExportSweepFlags,
  console: Console,
): Promise<ExitCode> {
  if (table === undefined)
    throw new SweepUnfinishedError(
      `Sweep "${sweepId}" is ${status} and has no table yet. Go on with: ${console.hint(`backstitch sweep resume ${sweepId}`)}`,
    );
  const file = out ?? `${sweepId}.${format}`;
  const sizeBytes = await writeFileWhole(file, format === "csv" ? csvPieces(table) : parquetPieces(table));
  const rows = table.rowCount();
  console.answer({ sweepId, file, rows, sizeBytes }, `Wrote ${file}: ${countOf(rows, "row")}.`);
  return 0;
}

import { InputError } from "../../engine/input-error.ts";
import { findSweep } from "../../sweep/find-sweep.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { assertLocal } from "../place.ts";
import { countOf } from "../quantity-text.ts";
import { parquetPieces } from "../runs/export-parquet.ts";
import { csvPieces } from "../runs/export-text.ts";
import { writeFileWhole } from "../write-file.ts";
import { laneTable } from "./lane-table.ts";

export type ExportSweepFlags = CloudFlags & { readonly format: "csv" | "parquet"; readonly out?: string };

/** A sweep without a table yet. */
export class SweepUnfinishedError extends InputError {
  override readonly name = "SweepUnfinishedError";
}

/** `sweep export`: the table of lanes, one row for each lane and range. */
export async function exportSweep(reference: string, flags: ExportSweepFlags, console: Console): Promise<ExitCode> {
  assertLocal(flags, "sweep export", "Leave --cloud out.");
  return atHome(async ({ stores }) => {
    const sweep = await findSweep(reference, stores.sweeps);
    const table = await laneTable(sweep, stores.objects);
    if (table === undefined)
      throw new SweepUnfinishedError(
        `Sweep "${sweep.sweepId}" is ${sweep.status} and has no table yet. Go on with: backstitch sweep resume ${sweep.sweepId}`,
      );
    const file = flags.out ?? `${sweep.sweepId}.${flags.format}`;
    const sizeBytes = await writeFileWhole(file, flags.format === "csv" ? csvPieces(table) : parquetPieces(table));
    const rows = table.rowCount();
    console.answer({ sweepId: sweep.sweepId, file, rows, sizeBytes }, `Wrote ${file}: ${countOf(rows, "row")}.`);
    return 0;
  });
}

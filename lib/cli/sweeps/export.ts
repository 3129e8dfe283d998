import { InputError } from "../../engine/input-error.ts";
import type { ExportTable } from "../../report/export-tables.ts";
import { type StitchedKind, storedStitchedTable } from "../../report/stitched-tables.ts";
import type { SweepDocument } from "../../report/sweep-document.ts";
import { findSweep } from "../../sweep/find-sweep.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { countOf } from "../quantity-text.ts";
import { exportPieces } from "../runs/export-pieces.ts";
import { writeFileWhole } from "../write-file.ts";
import { laneTable, laneTableOf } from "./lane-table.ts";

export type ExportSweepFlags = CloudFlags & {
  readonly format: "csv" | "json" | "parquet";
  readonly what: "lanes" | StitchedKind;
  readonly out?: string;
};

/** A sweep without a table yet. */
export class SweepUnfinishedError extends InputError {
  override readonly name = "SweepUnfinishedError";
}

/** `sweep export`: the table of lanes, one row for each lane and range; or the stitched record's equity or trades. */
export async function exportSweep(reference: string, flags: ExportSweepFlags, console: Console): Promise<ExitCode> {
  const { what } = flags;
  return atPlace<ExitCode>(flags, {
    local: async ({ stores }) => {
      const { resultDigest = null, ...sweep } = await findSweep(reference, stores.sweeps);
      assertEnded({ ...sweep, resultDigest }, console);
      const table =
        what === "lanes" ? await laneTable(sweep, stores.objects) : storedStitchedTable(what, sweep, stores);
      return write(sweep.sweepId, table, flags, console);
    },
    cloud: async ({ sweeps }) => {
      const sweep = await sweeps.summary(reference);
      assertEnded(sweep, console);
      const { sweepId, spreads } = sweep;
      const table =
        what === "lanes"
          ? await laneTableOf(Object.keys(spreads), () => sweeps.lanes(sweepId))
          : sweeps.stitched(sweepId, what);
      return write(sweepId, table, flags, console);
    },
  });
}

function assertEnded(
  { sweepId, status, resultDigest }: Pick<SweepDocument, "sweepId" | "status" | "resultDigest">,
  { hint }: Console,
): void {
  if (resultDigest !== null) return;
  throw new SweepUnfinishedError(
    `Sweep "${sweepId}" is ${status} and has no table yet. Go on with: ${hint(`backstitch sweep resume ${sweepId}`)}`,
  );
}

async function write(
  sweepId: string,
  table: ExportTable,
  { format, what, out }: ExportSweepFlags,
  console: Console,
): Promise<ExitCode> {
  const file = out ?? `${sweepId}${what === "lanes" ? "" : `-${what}`}.${format}`;
  const sizeBytes = await writeFileWhole(file, await exportPieces(format, table));
  const rows = table.rowCount();
  console.answer({ sweepId, what, file, rows, sizeBytes }, `Wrote ${file}: ${countOf(rows, "row")}.`);
  return 0;
}

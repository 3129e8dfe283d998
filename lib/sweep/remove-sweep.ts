import { isUnderWay } from "../run/run-status.ts";
import type { SweepStores } from "./open-sweep.ts";
import type { SweepRecord } from "./sweep-store.ts";

const pageSize = 100;

/** `busy`: a run of the sweep is still being computed. `more`: the time was over; what is left is removed by the next call. */
export type SweepRemoval = "removed" | "more" | "busy";

/** Removes the runs of a sweep, then its record, until `isOver`. Lanes that it computed stay known to later sweeps until their results are swept. */
export async function removeSweep(
  sweep: SweepRecord,
  isOver: () => boolean,
  stores: SweepStores,
): Promise<SweepRemoval> {
  // A sweep's runs are created with its own time.
  const ofSweep = { createdFromMs: sweep.createdAtMs, createdToMs: sweep.createdAtMs + 1 };
  let cursor: string | undefined;
  do {
    const page = await stores.runs.listRuns(ofSweep, pageSize, cursor);
    for (const run of page.items) {
      if (run.sweepId !== sweep.sweepId) continue;
      if (isUnderWay(run) || !(await stores.runs.removeRun(run.runId))) return "busy";
      if (isOver()) return "more";
    }
    // A cursor is a place in time and id, so that what was removed before it does not matter.
    cursor = page.next;
  } while (cursor !== undefined);
  await stores.sweeps.removeSweep(sweep.sweepId);
  return "removed";
}

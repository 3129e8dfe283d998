import { isUnderWay } from "../run/run-status.ts";
import type { SweepStores } from "./open-sweep.ts";
import { runsOfSweep } from "./runs-of-sweep.ts";
import type { SweepRecord } from "./sweep-store.ts";

/** `busy`: a run of the sweep is still being computed. `more`: the time was over; what is left is removed by the next call. */
export type SweepRemoval = "removed" | "more" | "busy";

/** Removes the runs of a sweep, then its record, until `isOver`. Lanes that it computed stay known to later sweeps until their results are swept. */
export async function removeSweep(
  sweep: SweepRecord,
  isOver: () => boolean,
  stores: SweepStores,
): Promise<SweepRemoval> {
  for await (const run of runsOfSweep(sweep, stores.runs)) {
    if (isUnderWay(run) || !(await stores.runs.removeRun(run.runId))) return "busy";
    if (isOver()) return "more";
  }
  await stores.sweeps.removeSweep(sweep.sweepId);
  return "removed";
}

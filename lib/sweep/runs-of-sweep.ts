import type { RunRecord, RunStore } from "../run/run-store.ts";
import type { SweepRecord } from "./sweep-store.ts";

const pageSize = 100;

/** The runs of a sweep, in-sample and out of sample, newest id first. What was given out may be removed meanwhile. */
export async function* runsOfSweep(
  { sweepId, createdAtMs }: Pick<SweepRecord, "sweepId" | "createdAtMs">,
  runs: Pick<RunStore, "listRuns">,
): AsyncGenerator<RunRecord> {
  // A sweep's runs are created with its own time.
  const ofThatTime = { createdFromMs: createdAtMs, createdToMs: createdAtMs + 1 };
  let cursor: string | undefined;
  do {
    const page = await runs.listRuns(ofThatTime, pageSize, cursor);
    for (const run of page.items) if (run.sweepId === sweepId) yield run;
    // A cursor is a place in time and id, so that what was removed before it does not matter.
    cursor = page.next;
  } while (cursor !== undefined);
}

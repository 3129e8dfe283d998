import { isUnderWay } from "../run/run-status.ts";
import type { RunRecord } from "../run/run-store.ts";

/** A segment's longest time, and some retries of it: before that, nothing need have changed. */
const stillMs = 30 * 60_000;
/** A call to Step Functions each. */
const mostAsked = 100;

/**
 * Asks the workflow about the runs under way that have been still for longest, and returns those that had ended: the event that tells of an execution's end may have been
 * lost, or the execution that was to be started never was. Of these, the record now says what became of them.
 */
export async function correctStillRuns(
  underWay: readonly RunRecord[],
  reconcile: (run: RunRecord) => Promise<RunRecord>,
  nowMs: number,
): Promise<readonly RunRecord[]> {
  const still = underWay.filter(({ updatedAtMs }) => nowMs - updatedAtMs >= stillMs);
  const stillest = still.toSorted((a, b) => a.updatedAtMs - b.updatedAtMs).slice(0, mostAsked);
  const ended: RunRecord[] = [];
  for (const run of stillest) {
    const now = await reconcile(run);
    if (!isUnderWay(now)) ended.push(now);
  }
  return ended;
}

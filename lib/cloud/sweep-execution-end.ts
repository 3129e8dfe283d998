import { type ExecutionEnd, reasonOf } from "../run/execution-end.ts";
import type { RunRecord, RunStore } from "../run/run-store.ts";
import { changeSweep } from "../sweep/change-sweep.ts";
import type { SweepStores } from "../sweep/open-sweep.ts";
import type { SweepRecord, SweepStore } from "../sweep/sweep-store.ts";
import { hasAnswer, isSweepUnderWay } from "./sweep-execution-hold.ts";

/** How an attempt at a sweep ended without its answer. */
export type SweepEnd = {
  readonly status: "failed" | "cancelled";
  readonly reason?: { readonly name: string; readonly message: string };
  readonly atMs: number;
};

/** Writes the end of the sweep's attempt; undefined, and nothing changed, when another attempt was begun or it ended already. */
export function endSweep(
  { sweepId, attempt }: SweepRecord,
  { status, reason, atMs }: SweepEnd,
  sweeps: SweepStore,
): Promise<SweepRecord | undefined> {
  return changeSweep(
    sweepId,
    (now) => {
      if (now.attempt !== attempt || hasAnswer(now) || !(isSweepUnderWay(now) || now.status === "pending"))
        return undefined;
      const { owner, reason: _reason, ...rest } = now;
      const spentMs = owner === undefined ? 0 : Math.max(0, atMs - owner.heartbeatAtMs);
      const said = reason ?? { name: "Cancelled", message: "cancelled by request" };
      return {
        ...rest,
        status,
        reason: { ...said, message: said.message.slice(0, 4_000) },
        durationMs: now.durationMs + spentMs,
        updatedAtMs: atMs,
      };
    },
    sweeps,
  );
}

/**
 * Writes the end of an execution to its sweep: failed, or cancelled when it was aborted; first to those of its runs that were under way, through `reconcile`, which asks how each
 * run's own execution ended. Changes nothing, and returns undefined, when the record names another execution, the sweep ended already, or the execution was
 * redriven since.
 */
export async function recordSweepEnd(
  sweepId: string,
  end: ExecutionEnd,
  stores: SweepStores,
  reconcile: (run: RunRecord) => Promise<RunRecord>,
): Promise<SweepRecord | undefined> {
  const sweep = await stores.sweeps.getSweep(sweepId);
  if (sweep === undefined || sweep.executionArn !== end.executionArn || !isSweepUnderWay(sweep)) return undefined;
  // An attempt begun after the end is a redrive's.
  if (sweep.owner !== undefined && sweep.owner.heartbeatAtMs > end.stoppedAtMs) return undefined;
  const failed = await reconcileRuns(sweepId, stores.runs, reconcile);
  const status = end.status === "ABORTED" ? "cancelled" : "failed";
  return endSweep(sweep, { status, reason: reasonWith(failed, end), atMs: end.stoppedAtMs }, stores.sweeps);
}

/** The runs of the sweep that were under way by their records and have failed. */
async function reconcileRuns(
  sweepId: string,
  runs: RunStore,
  reconcile: (run: RunRecord) => Promise<RunRecord>,
): Promise<readonly RunRecord[]> {
  const failed: RunRecord[] = [];
  for (const run of await runsUnderWay(sweepId, runs)) {
    const now = await reconcile(run);
    if (now.status === "failed") failed.push(now);
  }
  return failed;
}

/** As many as a map may have at once, and a thousand of others. */
const mostPages = 110;

async function runsUnderWay(sweepId: string, runs: RunStore): Promise<readonly RunRecord[]> {
  const found: RunRecord[] = [];
  for (const status of ["running", "resuming", "cancelling"] as const) {
    let cursor: string | undefined;
    for (let pages = 0; pages < mostPages; pages++) {
      const { items, next } = await runs.listRuns({ status }, 100, cursor);
      found.push(...items.filter((run) => run.sweepId === sweepId));
      if (next === undefined) break;
      cursor = next;
    }
  }
  return found;
}

/** A map says only that it failed: the reason is that of a run. */
function reasonWith(
  failed: readonly RunRecord[],
  end: ExecutionEnd,
): { readonly name: string; readonly message: string } {
  const said = reasonOf(end);
  const [first] = failed;
  if (first?.reason === undefined || said.name !== "States.ExceedToleratedFailureThreshold") return said;
  const others = failed.length > 1 ? ` ${failed.length - 1} more of its runs failed too.` : "";
  return { name: first.reason.name, message: `Run "${first.runId}" failed: ${first.reason.message}${others}` };
}

import { hostname } from "node:os";
import { isUnderWay } from "./run-status.ts";
import type { RunRecord } from "./run-store.ts";

/** How long a silent owner counts as alive: a worker reports at least once a second while it computes. */
const silenceMs = 60_000;

/** Whether the process that owns the run is alive: it reported lately and, if it is of this machine, its process exists. */
export function isOwnerAlive(run: RunRecord, nowMs: number): boolean {
  const { owner } = run;
  if (owner === undefined || !isUnderWay(run) || nowMs - owner.heartbeatAtMs > silenceMs) return false;
  return owner.host !== hostname() || processExists(owner.pid);
}

/** Whether the record says that somebody computes the run, and nobody does. Of a run that a workflow execution holds, the workflow knows it. */
export function isStale(run: RunRecord, nowMs: number): boolean {
  return isUnderWay(run) && run.executionArn === undefined && !isOwnerAlive(run, nowMs);
}

/** Whether a process of this machine has the number. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

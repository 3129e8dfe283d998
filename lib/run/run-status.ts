import type { RunRecord } from "./run-store.ts";

/** Whether somebody may be computing the run now. */
export function isUnderWay(run: Pick<RunRecord, "status">): boolean {
  return run.status === "running" || run.status === "resuming" || run.status === "cancelling";
}

import { hostname } from "node:os";
import { isUnderWay } from "../run/run-status.ts";
import type { RunRecord, RunStore } from "../run/run-store.ts";

/** Why a run rests that a server goes on with when it starts again. */
export const serverStopped = {
  name: "ServerStopped",
  message: "the server was stopped; it goes on when it starts again",
};

/** Only the newest runs of each status are looked at. */
const lookedAt = 1_000;

/** What a server of this machine had begun when it was stopped or killed, oldest first. */
export async function leftRuns(runs: RunStore, isAlive: (run: RunRecord) => boolean): Promise<readonly RunRecord[]> {
  const left: RunRecord[] = [];
  for (const status of ["running", "resuming", "cancelling", "cancelled"] as const) {
    const { items } = await runs.listRuns({ status }, lookedAt);
    left.push(...items.filter((run) => wasStopped(run) || wasKilled(run, isAlive)));
  }
  return left.sort((a, b) => a.createdAtMs - b.createdAtMs);
}

function wasStopped(run: RunRecord): boolean {
  return run.status === "cancelled" && run.reason?.name === serverStopped.name;
}

function wasKilled(run: RunRecord, isAlive: (run: RunRecord) => boolean): boolean {
  return isUnderWay(run) && run.owner?.host === hostname() && !isAlive(run);
}

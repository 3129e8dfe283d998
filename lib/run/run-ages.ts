import { isUnderWay } from "./run-status.ts";
import type { RunRecord, RunStatus, RunStore } from "./run-store.ts";

/** What a look at the runs under way found; all 0 when there are none. */
export type RunAges = {
  readonly runsUnderWay: number;
  /** Time since the creation of the one that was created first. */
  readonly oldestMs: number;
  /** Time since the last change, a commit or a status, of the one that has been still for longest. */
  readonly longestStillMs: number;
};

/** All runs under way, at most 10,000 of each status. */
export async function runsUnderWay(runs: RunStore): Promise<readonly RunRecord[]> {
  return (await Promise.all(statuses.map((status) => listAll(runs, status)))).flat().filter(isUnderWay);
}

/** How old these runs under way are. */
export function agesOf(underWay: readonly RunRecord[], nowMs: number): RunAges {
  return {
    runsUnderWay: underWay.length,
    oldestMs: Math.max(0, ...underWay.map(({ createdAtMs }) => nowMs - createdAtMs)),
    longestStillMs: Math.max(0, ...underWay.map(({ updatedAtMs }) => nowMs - updatedAtMs)),
  };
}

const statuses: readonly RunStatus[] = ["running", "resuming", "cancelling"];
const pageLimit = 100;

async function listAll(runs: RunStore, status: RunStatus): Promise<RunRecord[]> {
  const found: RunRecord[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pageLimit; page++) {
    const { items, next } = await runs.listRuns({ status }, 100, cursor);
    found.push(...items);
    if (next === undefined) break;
    cursor = next;
  }
  return found;
}

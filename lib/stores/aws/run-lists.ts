import assert from "node:assert/strict";
import type { Page, RunFilter, RunKey, RunRecord } from "../../run/run-store.ts";
import { decodeCursor, encodeCursor } from "../page-cursor.ts";
import { matchesFilter } from "../run-filter.ts";
import { afterEveryRun, createdAt, createdRun, indexPartitions } from "./keys.ts";
import { type IndexQuery, type Item, queryIndex, type Table } from "./read-items.ts";
import { decodeRunItem } from "./run-items.ts";

export type RunListQuery = {
  readonly filter: RunFilter;
  readonly limit: number;
  readonly cursor: string | undefined;
};

/** One page of runs, newest first: from the index of the status, else of the strategy, else of all runs. */
export async function listRuns(table: Table, { filter, limit, cursor }: RunListQuery): Promise<Page<RunRecord>> {
  assert(limit >= 1, `A page holds at least one run, found limit ${limit}.`);
  const after = cursor === undefined ? undefined : createdRun(decodeCursor(cursor));
  const { createdFromMs = 0, createdToMs } = filter;
  const before = createdToMs === undefined ? afterEveryRun : createdAt(Math.max(0, createdToMs));
  const found: RunRecord[] = [];
  const pages = queryIndex(table, {
    ...indexOf(filter),
    from: createdAt(Math.max(0, createdFromMs)),
    to: after !== undefined && after < before ? after : before,
    newestFirst: true,
    // One more than the page tells whether another page follows, and one may be the run at the cursor.
    pageSize: Math.min(limit + 2, 100),
  });
  for await (const items of pages) {
    for (const run of runsIn(items)) {
      if (matchesFilter(run, filter) && (after === undefined || createdRun(run) < after)) found.push(run);
    }
    if (found.length > limit) break;
  }
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return last !== undefined && found.length > limit ? { items, next: encodeCursor(last) } : { items };
}

/** The completed run with this key that was created first and is no fork, or undefined. */
export async function firstCompletedRun(table: Table, key: RunKey): Promise<RunRecord | undefined> {
  for await (const items of queryIndex(table, { ...withKey(key), pageSize: 20 })) {
    const completed = runsIn(items).find((run) => run.status === "completed");
    if (completed !== undefined) return completed;
  }
  return undefined;
}

/** The run with this key that was created last and is no fork, or undefined. */
export async function newestRun(table: Table, key: RunKey): Promise<RunRecord | undefined> {
  for await (const items of queryIndex(table, { ...withKey(key), newestFirst: true, pageSize: 1 })) {
    const [newest] = runsIn(items);
    if (newest !== undefined) return newest;
  }
  return undefined;
}

function indexOf({ status, strategy }: RunFilter): Pick<IndexQuery, "index" | "partition"> {
  if (status !== undefined) return { index: "byStatus", partition: indexPartitions.status(status) };
  if (strategy !== undefined) return { index: "byStrategy", partition: indexPartitions.strategy(strategy) };
  return { index: "byList", partition: indexPartitions.everyRun };
}

/** A fork is not in this index. */
function withKey(key: RunKey): IndexQuery {
  return { index: "byRunKey", partition: indexPartitions.runKey(key), from: createdAt(0), to: afterEveryRun };
}

function runsIn(items: readonly Item[]): readonly RunRecord[] {
  return items.flatMap((item) => {
    const stored = decodeRunItem(item);
    return stored?.kind === "run" ? stored.run : [];
  });
}

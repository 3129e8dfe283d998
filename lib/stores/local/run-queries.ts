import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import type { Page, RunFilter, RunKey, RunRecord } from "../../run/run-store.ts";
import { decodeCursor, encodeCursor } from "../page-cursor.ts";
import { decodeRun } from "../run-records.ts";
import { text } from "./database.ts";

export type RunQuery = {
  readonly filter: RunFilter;
  readonly limit: number;
  readonly cursor: string | undefined;
};

/** One page of runs, newest first. */
export function readRunPage(db: DatabaseSync, { filter, limit, cursor }: RunQuery): Page<RunRecord> {
  assert(limit >= 1, `A page holds at least one run, found limit ${limit}.`);
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const rows = db
    .prepare(
      `SELECT record FROM runs
       WHERE ($strategy IS NULL OR strategy = $strategy)
         AND ($status IS NULL OR status = $status)
         AND ($fromMs IS NULL OR created_at_ms >= $fromMs)
         AND ($toMs IS NULL OR created_at_ms < $toMs)
         AND ($sweeps IS NULL OR record ->> '$.sweepId' IS NULL)
         AND ($afterMs IS NULL OR (created_at_ms, run_id) < ($afterMs, $afterId))
       ORDER BY created_at_ms DESC, run_id DESC LIMIT $limit`,
    )
    .all({
      $strategy: filter.strategy ?? null,
      $status: filter.status ?? null,
      $fromMs: filter.createdFromMs ?? null,
      $toMs: filter.createdToMs ?? null,
      $sweeps: filter.sweeps ?? null,
      $afterMs: after?.createdAtMs ?? null,
      $afterId: after?.runId ?? null,
      // One more than the page tells whether another page follows.
      $limit: limit + 1,
    });
  const items = rows.slice(0, limit).map((row) => decodeRun(text(row.record)));
  const last = items.at(-1);
  return last !== undefined && rows.length > limit ? { items, next: encodeCursor(last) } : { items };
}

/** The completed run with this key that was created first and is no fork, or undefined. */
export function firstCompletedRun(db: DatabaseSync, key: RunKey): RunRecord | undefined {
  const row = db
    .prepare(`SELECT record FROM runs WHERE ${hasKey} AND status = 'completed' ORDER BY created_at_ms, run_id LIMIT 1`)
    .get(key.specDigest, key.snapshotId, key.engineVersion);
  return row && decodeRun(text(row.record));
}

/** The run with this key that was created last and is no fork, or undefined. */
export function newestRun(db: DatabaseSync, key: RunKey): RunRecord | undefined {
  const row = db
    .prepare(`SELECT record FROM runs WHERE ${hasKey} ORDER BY created_at_ms DESC, run_id DESC LIMIT 1`)
    .get(key.specDigest, key.snapshotId, key.engineVersion);
  return row && decodeRun(text(row.record));
}

/** A fork followed another spec before its checkpoint, whatever its key says. */
const hasKey =
  "spec_digest = ? AND snapshot_id = ? AND engine_version = ? AND record ->> '$.origin.kind' IS NOT 'fork'";

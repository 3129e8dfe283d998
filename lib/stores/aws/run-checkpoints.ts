import type { CheckpointRecord, CheckpointSummary, CommitOutcome, SegmentRecord } from "../../run/run-store.ts";
import { parseIdPrefix } from "../id-prefix.ts";
import { decodeCheckpointSummary } from "../run-records.ts";
import { decideCommit, decideSeed } from "../run-transitions.ts";
import { checkpointKey, indexPartitions, runItemKey, runPartition } from "./keys.ts";
import { collect, queryIndex, queryPartition, readItem, type Table, textOf } from "./read-items.ts";
import { decideOnRun, type RunDecision, type RunTable, readStoredRun } from "./run-change.ts";
import { decodeCheckpointItem, encodeCheckpointItem, encodeSegmentItem } from "./run-items.ts";
import {
  check,
  hasRevision,
  isAbsent,
  lost,
  put,
  transactionItems,
  untilWritten,
  writeTogether,
} from "./write-items.ts";

/** Checkpoint, segment and head in one transaction. */
export async function commitSegment(
  table: RunTable,
  checkpoint: CheckpointRecord,
  segment: SegmentRecord,
): Promise<CommitOutcome> {
  const { runId, sequence } = checkpoint;
  const outcome = await decideOnRun(table, runId, (run): RunDecision<CommitOutcome> => {
    const decision = decideCommit(run, checkpoint, segment);
    if (decision.kind !== "committed") return { outcome: decision };
    // A segment of the same number may lie there, of a seed that died: it was never part of the run.
    const also = [put(encodeCheckpointItem(checkpoint), isAbsent), put(encodeSegmentItem(segment))];
    return { outcome: { kind: "committed" }, next: decision.run, also };
  });
  if (outcome.kind !== "alreadySaved") return outcome;
  const stored = await readCheckpoint(table, runId, sequence);
  return stored === undefined ? outcome : { ...outcome, stored };
}

/**
 * Segments first, then checkpoint and head in one transaction, because the inherited segments may be more than a transaction holds. No
 * reader sees a segment after the head, so that a seed that died in between has changed nothing; its repeat writes them again.
 */
export async function seedRun(
  table: RunTable,
  checkpoint: CheckpointRecord,
  segments: readonly SegmentRecord[],
): Promise<boolean> {
  const { runId } = checkpoint;
  const isPrepared = await untilWritten(`Run "${runId}"`, async () => {
    const stored = await readStoredRun(table, runId);
    if (stored?.kind !== "run" || decideSeed(stored.run, checkpoint, segments) === undefined) return false;
    // Not a moment after the run has begun: its own first segment has the same key.
    const unchanged = check(runItemKey(runId), hasRevision(stored.revision));
    const perWrite = transactionItems - 1;
    for (let first = 0; first < segments.length; first += perWrite) {
      const items = segments.slice(first, first + perWrite).map((segment) => put(encodeSegmentItem(segment)));
      if (!(await writeTogether(table, [unchanged, ...items]))) return lost;
    }
    return true;
  });
  if (!isPrepared) return false;
  return decideOnRun(table, runId, (run): RunDecision<boolean> => {
    const next = run && decideSeed(run, checkpoint, segments);
    if (next === undefined) return { outcome: false };
    return { outcome: true, next, also: [put(encodeCheckpointItem(checkpoint), isAbsent)] };
  });
}

/** The checkpoint with this sequence, or the newest. */
export async function readCheckpoint(
  table: Table,
  runId: string,
  sequence: number | undefined,
): Promise<CheckpointRecord | undefined> {
  if (sequence !== undefined) {
    const item = await readItem(table, checkpointKey(runId, sequence));
    return item && decodeCheckpointItem(item);
  }
  const newest = { ...everyCheckpoint(runId), newestFirst: true, limit: 1 } as const;
  for await (const item of queryPartition(table, newest)) return decodeCheckpointItem(item);
  return undefined;
}

export async function listCheckpoints(table: Table, runId: string): Promise<readonly CheckpointSummary[]> {
  const items = await collect(queryPartition(table, everyCheckpoint(runId)));
  return items.map((item) => decodeCheckpointSummary(textOf(item, "record")));
}

/** By run id and sequence. */
export async function findCheckpoints(table: Table, idPrefix: string): Promise<readonly CheckpointRecord[]> {
  const prefix = parseIdPrefix(idPrefix);
  const pages = await collect(
    queryIndex(table, {
      index: "byId",
      partition: indexPartitions.checkpointId(prefix),
      from: prefix,
      // "g" comes after every hex digit.
      to: `${prefix}g`,
    }),
  );
  const found = pages.flat().map(decodeCheckpointItem);
  return found.sort((a, b) => (a.runId === b.runId ? a.sequence - b.sequence : a.runId < b.runId ? -1 : 1));
}

function everyCheckpoint(runId: string) {
  return { pk: runPartition(runId), from: "CHECKPOINT#", to: "CHECKPOINT#~" };
}

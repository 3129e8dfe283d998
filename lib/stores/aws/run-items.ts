import assert from "node:assert/strict";
import { InputError } from "../../engine/input-error.ts";
import type { CheckpointRecord, RunEvent, RunRecord, SegmentRecord } from "../../run/run-store.ts";
import { decodeCheckpoint, decodeRun, encodeCheckpoint, encodeEvent } from "../run-records.ts";
import { checkpointKey, createdRun, eventKey, indexPartitions, runItemKey, segmentKey } from "./keys.ts";
import { type Item, keyAttributes, numberOf, textOf } from "./read-items.ts";

/** A run whose record does not fit into an item. */
export class RunTooLargeError extends InputError {
  override readonly name = "RunTooLargeError";
}

/** An item holds 409,600 bytes: the rest is for keys and for what a run's record gains in its life (owner, head, reason, result). */
const newRecordLimitBytes = 390_000;

/** How long the history of a run is kept. */
const eventDays = 400;

export type StoredRun =
  | { readonly kind: "run"; readonly run: RunRecord; readonly revision: number }
  /** A removal began and has not ended. */
  | { readonly kind: "removing" };

/** Throws RunTooLargeError for a new run whose record an item could not hold. */
export function assertFits(run: RunRecord): void {
  const sizeBytes = Buffer.byteLength(JSON.stringify(run));
  if (sizeBytes <= newRecordLimitBytes) return;
  throw new RunTooLargeError(
    `Run "${run.runId}": its spec makes a record of ${sizeBytes} bytes, expected at most ${newRecordLimitBytes}. Split its parameter sets over several runs.`,
  );
}

/** The run as an item; its revision counts the writes, so that a write can say which one it read. */
export function encodeRunItem(run: RunRecord, revision: number): Item {
  return {
    ...keyAttributes(runItemKey(run.runId)),
    record: { S: JSON.stringify(run) },
    revision: { N: String(revision) },
    list: { S: indexPartitions.everyRun },
    listKey: { S: createdRun(run) },
    status: { S: indexPartitions.status(run.status) },
    strategy: { S: indexPartitions.strategy(run.strategy) },
    createdRun: { S: createdRun(run) },
    ...(run.origin?.kind !== "fork" && { runKey: { S: indexPartitions.runKey(run) } }),
  };
}

/** What stays of a run while its other items are removed: in no index, and no run for any reader. */
export function removingItem(runId: string): Item {
  return { ...keyAttributes(runItemKey(runId)), removing: { BOOL: true } };
}

export function decodeRunItem(item: Item | undefined): StoredRun | undefined {
  if (item === undefined) return undefined;
  if (item.removing?.BOOL) return { kind: "removing" };
  return { kind: "run", run: decodeRun(textOf(item, "record")), revision: numberOf(item, "revision") };
}

/** The checkpoint as an item. Its state stands in an attribute of its own, as it is: escaped once more, it could outgrow the item. */
export function encodeCheckpointItem(checkpoint: CheckpointRecord): Item {
  const { runId, sequence, checkpointId, state } = checkpoint;
  assert(state.kind === "object" || state.text.isWellFormed(), "A state is text that UTF-8 can hold.");
  return {
    ...keyAttributes(checkpointKey(runId, sequence)),
    record: { S: encodeCheckpoint(checkpoint).record },
    ...(state.kind === "inline" && { state: { S: state.text } }),
    idPrefix: { S: indexPartitions.checkpointId(checkpointId) },
    id: { S: checkpointId },
  };
}

export function decodeCheckpointItem(item: Item): CheckpointRecord {
  const record = textOf(item, "record");
  const text = item.state?.S;
  if (text !== undefined) return decodeCheckpoint({ record, state: JSON.stringify({ kind: "inline", text }) });
  const { stateHash } = JSON.parse(record);
  return decodeCheckpoint({ record, state: JSON.stringify({ kind: "object", hash: stateHash }) });
}

export function encodeSegmentItem(segment: SegmentRecord): Item {
  return {
    ...keyAttributes(segmentKey(segment.runId, segment.sequence)),
    record: { S: JSON.stringify(segment) },
  };
}

/** The event as an item that expires by itself. */
export function encodeEventItem(event: RunEvent, position: number, nowMs: number): Item {
  return {
    ...keyAttributes(eventKey(event.runId, position)),
    record: { S: encodeEvent(event) },
    expiresAt: { N: String(Math.floor(nowMs / 1_000) + eventDays * 86_400) },
  };
}

/** Whether the item's time is over; DynamoDB deletes it within days. */
export function hasExpired(item: Item, nowMs: number): boolean {
  const seconds = item.expiresAt?.N;
  return seconds !== undefined && Number(seconds) * 1_000 <= nowMs;
}

import { createHash } from "node:crypto";
import type { RunKey, RunRecord } from "../../run/run-store.ts";
import type { SweepRecord } from "../../sweep/sweep-store.ts";
import type { RunPosition } from "../page-cursor.ts";

export type ItemKey = { readonly pk: string; readonly sk: string };

/**
 * A run's partition, in the order of its sort keys: AWAITED, CHECKPOINT#n, EVENT#n, EVENTS, RUN, SEGMENT#n. That RUN comes before the
 * segments lets one query read the head and then the segments up to it.
 */
export function runPartition(runId: string): string {
  return `RUN#${runId}`;
}

export function runItemKey(runId: string): ItemKey {
  return { pk: runPartition(runId), sk: "RUN" };
}

/** The runs that start from a checkpoint of this run and have none of their own yet. */
export function awaitedKey(runId: string): ItemKey {
  return { pk: runPartition(runId), sk: "AWAITED" };
}

export function checkpointKey(runId: string, sequence: number): ItemKey {
  return { pk: runPartition(runId), sk: `CHECKPOINT#${digits(sequence, 10)}` };
}

export function segmentKey(runId: string, sequence: number): ItemKey {
  return { pk: runPartition(runId), sk: `SEGMENT#${digits(sequence, 10)}` };
}

export function eventKey(runId: string, position: number): ItemKey {
  return { pk: runPartition(runId), sk: `EVENT#${digits(position, 10)}` };
}

/** Counts the run's events, so that each has a position. */
export function eventCountKey(runId: string): ItemKey {
  return { pk: runPartition(runId), sk: "EVENTS" };
}

/** A snapshot's partition: MANIFEST, then the pieces of its text, PIECE#00 and so on. */
export function manifestKey(snapshotId: string): ItemKey {
  return { pk: `SNAPSHOT#${snapshotId}`, sk: "MANIFEST" };
}

export function manifestPieceKey(snapshotId: string, index: number): ItemKey {
  return { pk: `SNAPSHOT#${snapshotId}`, sk: `PIECE#${digits(index, 2)}` };
}

/** A name's partition: ENTRY#n, its history from 1, and NEWEST. A key holds 2,048 bytes and a name may be longer, so it is hashed. */
export function newestEntryKey(name: string): ItemKey {
  return { pk: `NAME#${hashed(name)}`, sk: "NEWEST" };
}

export function entryKey(name: string, position: number): ItemKey {
  return { pk: `NAME#${hashed(name)}`, sk: `ENTRY#${digits(position, 10)}` };
}

/** A request's key comes from outside and may be of any length. */
export function requestKey(key: string): ItemKey {
  return { pk: `REQUEST#${hashed(key)}`, sk: "REQUEST" };
}

export function sweepKey(sweepId: string): ItemKey {
  return { pk: `SWEEP#${sweepId}`, sk: "SWEEP" };
}

/** The results that hold lanes of a family, by their hashes. */
export function familyPartition(family: string): string {
  return `LANES#${family}`;
}

/** Sorts runs by their creation, then by their id. */
export function createdRun({ createdAtMs, runId }: RunPosition): string {
  return `${createdAt(createdAtMs)}#${runId}`;
}

/** Sorts before every run created at this time or later, and after every earlier one. */
export function createdAt(createdAtMs: number): string {
  return digits(createdAtMs, 16);
}

/** Sorts after every run. */
export const afterEveryRun = "~";

/** The partitions of the indexes; what comes from outside is hashed where it has no bound. */
export const indexPartitions = {
  everyRun: "RUN",
  everySweep: "SWEEP",
  everySnapshotName: "SNAPSHOT_NAME",
  status: (status: RunRecord["status"]) => `RUN#${status}`,
  strategy: (strategy: string) => `RUN#${hashed(strategy)}`,
  sweepStatus: (status: SweepRecord["status"]) => `SWEEP#${status}`,
  sweepStrategy: (strategy: string) => `SWEEP#${hashed(strategy)}`,
  runKey: ({ engineVersion, specDigest, snapshotId }: RunKey) => `${engineVersion}#${specDigest}#${snapshotId}`,
  checkpointId: (id: string) => `CHECKPOINT#${id.slice(0, idPrefixLength)}`,
  snapshotId: (id: string) => `SNAPSHOT#${id.slice(0, idPrefixLength)}`,
} as const;

/** The shortest prefix by which an id may be looked for (`parseIdPrefix`). */
const idPrefixLength = 6;

/** SHA-256 in hex. A lone half of a surrogate pair is hashed as itself, not as the replacement character that UTF-8 would make of it. */
export function hashed(text: string): string {
  return createHash("sha256").update(Buffer.from(text, "utf16le")).digest("hex");
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

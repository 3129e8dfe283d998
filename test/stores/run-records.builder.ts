import type { CheckpointRecord, NewRun, RunOwner, RunStore, SegmentRecord } from "../../lib/run/run-store.ts";

/** A run "r1" over bars [0, 1000). */
export function newRun(changes: Partial<NewRun> = {}): NewRun {
  return {
    runId: "r1",
    name: "demo",
    strategy: "sma-cross",
    spec: { strategy: { name: "sma-cross", params: { fast: 10 } } },
    engineVersion: 1,
    specDigest: "5".repeat(64),
    snapshotId: "7".repeat(64),
    startBar: 0,
    endBar: 1000,
    createdAtMs: 1_000,
    ...changes,
  };
}

/** A checkpoint of run "r1" at bar 100 × sequence. */
export function checkpoint(changes: Partial<CheckpointRecord> = {}): CheckpointRecord {
  const sequence = changes.sequence ?? 1;
  return {
    format: 1,
    checkpointId: checkpointId(sequence),
    runId: "r1",
    sequence,
    engineVersion: 1,
    specDigest: "5".repeat(64),
    snapshotId: "7".repeat(64),
    barIndex: 100 * sequence,
    barTimeMs: 60_000 * 100 * sequence,
    createdAtMs: 2_000 + sequence,
    stateBytes: 2,
    state: { kind: "inline", text: "{}" },
    ...changes,
  };
}

/** The segment of run "r1" that ends at bar 100 × sequence, by attempt 1. */
export function segment(changes: Partial<SegmentRecord> = {}): SegmentRecord {
  const sequence = changes.sequence ?? 1;
  return {
    format: 1,
    runId: "r1",
    sequence,
    attempt: 1,
    startBar: 100 * (sequence - 1),
    endBar: 100 * sequence,
    parts: [],
    startedAtMs: 2_000,
    durationMs: 1,
    host: "laptop",
    pid: 4711,
    ...changes,
  };
}

export function owner(changes: Partial<RunOwner> = {}): RunOwner {
  return { host: "laptop", pid: 4711, heartbeatAtMs: 1_500, ...changes };
}

/** 64 hex digits that end in the sequence. */
export function checkpointId(sequence: number): string {
  return sequence.toString(16).padStart(64, "c");
}

/** Creates "r1" and begins attempt 1. */
export async function startRun(store: RunStore, changes: Partial<NewRun> = {}): Promise<void> {
  const run = newRun(changes);
  await store.createRun(run);
  await store.beginAttempt(run.runId, 0, owner());
}

/** Commits checkpoints 1 to `last` of the run as attempt 1. */
export async function commitUpTo(store: RunStore, last: number, runId = "r1"): Promise<void> {
  for (let sequence = 1; sequence <= last; sequence++) {
    await store.commit(checkpoint({ runId, sequence }), segment({ runId, sequence }));
  }
}

import type { DatabaseSync } from "node:sqlite";
import type { CheckpointRecord, RunEvent, RunRecord, SegmentRecord } from "../../run/run-store.ts";
import {
  decodeCheckpoint,
  decodeEvent,
  decodeRun,
  decodeSegment,
  encodeCheckpoint,
  encodeEvent,
} from "../run-records.ts";
import { text } from "./database.ts";

/** The run in its row, or undefined. */
export function readRun(db: DatabaseSync, runId: string): RunRecord | undefined {
  const row = db.prepare("SELECT record FROM runs WHERE run_id = ?").get(runId);
  return row && decodeRun(text(row.record));
}

/** Adds the row of a new run; false when its id is taken. */
export function insertRun(db: DatabaseSync, run: RunRecord): boolean {
  const { changes } = db
    .prepare(
      `INSERT INTO runs (run_id, created_at_ms, strategy, status, head_sequence, engine_version, spec_digest, snapshot_id,
         origin_run_id, origin_checkpoint_id, record)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    )
    .run(
      run.runId,
      run.createdAtMs,
      run.strategy,
      run.status,
      run.headSequence,
      run.engineVersion,
      run.specDigest,
      run.snapshotId,
      run.origin?.runId ?? null,
      run.origin?.checkpointId ?? null,
      JSON.stringify(run),
    );
  return changes === 1;
}

/** Writes a changed run over its row; the columns that a run keeps for life stay. */
export function updateRun(db: DatabaseSync, run: RunRecord): void {
  db.prepare("UPDATE runs SET status = ?, head_sequence = ?, record = ? WHERE run_id = ?").run(
    run.status,
    run.headSequence,
    JSON.stringify(run),
    run.runId,
  );
}

/** Whether another run starts from this checkpoint (any of the run's, when none is given) and has not taken it over yet. */
export function isAwaited(db: DatabaseSync, runId: string, checkpointId: string | undefined): boolean {
  const row = db
    .prepare(
      `SELECT 1 FROM runs WHERE origin_run_id = $runId AND head_sequence = 0
         AND ($checkpointId IS NULL OR origin_checkpoint_id = $checkpointId)`,
    )
    .get({ $runId: runId, $checkpointId: checkpointId ?? null });
  return row !== undefined;
}

/** The checkpoint with this sequence, or undefined. */
export function readCheckpoint(db: DatabaseSync, runId: string, sequence: number): CheckpointRecord | undefined {
  const row = db
    .prepare("SELECT record, state FROM checkpoints WHERE run_id = ? AND sequence = ?")
    .get(runId, sequence);
  return row && decodeCheckpoint({ record: text(row.record), state: text(row.state) });
}

/** Adds a checkpoint's row. */
export function insertCheckpoint(db: DatabaseSync, checkpoint: CheckpointRecord): void {
  const { record, state } = encodeCheckpoint(checkpoint);
  db.prepare("INSERT INTO checkpoints (run_id, sequence, checkpoint_id, record, state) VALUES (?, ?, ?, ?, ?)").run(
    checkpoint.runId,
    checkpoint.sequence,
    checkpoint.checkpointId,
    record,
    state,
  );
}

/** Adds a segment's row. */
export function insertSegment(db: DatabaseSync, segment: SegmentRecord): void {
  db.prepare("INSERT INTO segments (run_id, sequence, record) VALUES (?, ?, ?)").run(
    segment.runId,
    segment.sequence,
    JSON.stringify(segment),
  );
}

/** The run's segments, by sequence. */
export function readSegments(db: DatabaseSync, runId: string): readonly SegmentRecord[] {
  const rows = db.prepare("SELECT record FROM segments WHERE run_id = ? ORDER BY sequence").all(runId);
  return rows.map((row) => decodeSegment(text(row.record)));
}

/** Adds an event's row. */
export function insertEvent(db: DatabaseSync, event: RunEvent): void {
  db.prepare("INSERT INTO events (run_id, record) VALUES (?, ?)").run(event.runId, encodeEvent(event));
}

/** The run's events, in the order they were added. */
export function readEvents(db: DatabaseSync, runId: string): readonly RunEvent[] {
  const rows = db.prepare("SELECT record FROM events WHERE run_id = ? ORDER BY position").all(runId);
  return rows.map((row) => decodeEvent(text(row.record)));
}

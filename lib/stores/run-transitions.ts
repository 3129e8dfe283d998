import assert from "node:assert/strict";
import type {
  AttemptOutcome,
  CheckpointRecord,
  CommitOutcome,
  NewRun,
  RunCompletion,
  RunOwner,
  RunRecord,
  RunStatus,
  SegmentRecord,
  StatusChange,
} from "../run/run-store.ts";
import { runFormat, shortened } from "./run-records.ts";

/** The record of a run that was just created. */
export function queuedRun(run: NewRun): RunRecord {
  return {
    ...run,
    format: runFormat,
    status: "queued",
    attempt: 0,
    headSequence: 0,
    headBar: run.startBar,
    updatedAtMs: run.createdAtMs,
  };
}

/** The run under its next attempt, or refused. The reason of an earlier failure goes. */
export function decideAttempt(
  run: RunRecord,
  expectedAttempt: number,
  owner: RunOwner,
  expectedStatus: RunStatus = run.status,
): AttemptOutcome {
  const isExpected = run.attempt === expectedAttempt && run.status === expectedStatus;
  if (!isExpected || run.status === "completed") return { kind: "refused", run };
  const { reason: _, executionArn: _before, ...rest } = run;
  const status = run.attempt === 0 ? "running" : "resuming";
  const { executionArn } = owner;
  const started = { ...rest, status, attempt: run.attempt + 1, owner, updatedAtMs: owner.heartbeatAtMs } as const;
  return { kind: "started", run: executionArn === undefined ? started : { ...started, executionArn } };
}

/** The run with a fresh heartbeat, or undefined when the attempt does not hold it. */
export function withHeartbeat(run: RunRecord, attempt: number, atMs: number): RunRecord | undefined {
  if (run.attempt !== attempt) return undefined;
  return run.owner === undefined ? run : { ...run, owner: { ...run.owner, heartbeatAtMs: atMs } };
}

/** The run with its new status, or undefined when the attempt or the stored status forbids it. */
export function withStatus(run: RunRecord, change: StatusChange): RunRecord | undefined {
  if (run.attempt !== change.attempt || !change.from.includes(run.status)) return undefined;
  const { reason: _, owner, ...rest } = run;
  const { reason } = change;
  return {
    ...rest,
    ...(reason !== undefined && { reason: { name: shortened(reason.name), message: shortened(reason.message) } }),
    ...(owner !== undefined && !ended.includes(change.to) && { owner }),
    status: change.to,
    updatedAtMs: change.atMs,
  };
}

/** What a commit does: the run with its new head, or the outcome that changes nothing. */
export function decideCommit(
  run: RunRecord | undefined,
  checkpoint: CheckpointRecord,
  segment: SegmentRecord,
): { readonly kind: "committed"; readonly run: RunRecord } | Exclude<CommitOutcome, { kind: "committed" }> {
  const { sequence } = checkpoint;
  assert.equal(segment.runId, checkpoint.runId, "A checkpoint and its segment belong to one run.");
  assert.equal(segment.sequence, sequence, "A checkpoint and its segment have one sequence number.");
  assert.equal(segment.endBar, checkpoint.barIndex, "A checkpoint stands at the end of its segment.");
  if (run === undefined) return { kind: "outOfOrder", headSequence: 0 };
  const { attempt, headSequence, headBar } = run;
  if (attempt !== segment.attempt || attempt === 0) return { kind: "fenced", attempt };
  if (sequence <= headSequence) return { kind: "alreadySaved", headSequence, headBar };
  if (sequence > headSequence + 1) return { kind: "outOfOrder", headSequence };
  if (run.status === "completed") return { kind: "fenced", attempt };
  const status = run.status === "resuming" ? "running" : run.status;
  // The time of an end stays: an execution that was redriven since is known by it.
  const updatedAtMs = isUnderWay(run) ? checkpoint.createdAtMs : run.updatedAtMs;
  return { kind: "committed", run: { ...withHead(run, checkpoint), status, updatedAtMs } };
}

/** The queued run with the checkpoint it starts from as its head, or undefined when it has begun or has a head. */
export function decideSeed(
  run: RunRecord,
  checkpoint: CheckpointRecord,
  segments: readonly SegmentRecord[],
): RunRecord | undefined {
  assert(checkpoint.sequence >= 1, `A checkpoint's sequence starts at 1, found ${checkpoint.sequence}.`);
  for (const segment of segments) {
    assert.equal(segment.runId, checkpoint.runId, "Inherited segments are recorded under the run that inherits them.");
  }
  if (run.status !== "queued" || run.attempt !== 0 || run.headSequence !== 0) return undefined;
  return withHead(run, checkpoint);
}

/** The completed run, or undefined when attempt, head or status forbids it. */
export function decideCompletion(run: RunRecord, completion: RunCompletion): RunRecord | undefined {
  if (run.attempt !== completion.attempt || run.headSequence !== completion.headSequence) return undefined;
  if (run.status !== "running" && run.status !== "resuming") return undefined;
  const { owner: _, reason: _reason, ...rest } = run;
  const { resultHash, resultDigest, atMs } = completion;
  return { ...rest, status: "completed", resultHash, resultDigest, updatedAtMs: atMs };
}

/** Whether an attempt is working on the run, as far as its status tells. */
export function isUnderWay(run: RunRecord): boolean {
  return run.status === "running" || run.status === "cancelling" || run.status === "resuming";
}

const ended: readonly RunStatus[] = ["cancelled", "failed", "completed"];

function withHead(run: RunRecord, checkpoint: CheckpointRecord): RunRecord {
  return {
    ...run,
    headSequence: checkpoint.sequence,
    headCheckpointId: checkpoint.checkpointId,
    headBar: checkpoint.barIndex,
    updatedAtMs: checkpoint.createdAtMs,
  };
}

import assert from "node:assert/strict";
import { type CheckpointRecord, MissingRunError, type RunRecord, type RunStore } from "../../run/run-store.ts";
import { parseIdPrefix } from "../id-prefix.ts";
import { decodeCursor, encodeCursor, type RunPosition } from "../page-cursor.ts";
import { hasRunKey, matchesFilter } from "../run-filter.ts";
import {
  type CheckpointText,
  decodeCheckpoint,
  decodeCheckpointSummary,
  decodeEvent,
  decodeRun,
  decodeSegment,
  encodeCheckpoint,
  encodeEvent,
} from "../run-records.ts";
import {
  decideAttempt,
  decideCommit,
  decideCompletion,
  decideSeed,
  isUnderWay,
  queuedRun,
  withHeartbeat,
  withStatus,
} from "../run-transitions.ts";

/** Everything kept for one run, as text. */
type Held = {
  run: string;
  readonly checkpoints: Map<number, CheckpointText>;
  readonly segments: Map<number, string>;
};

/** Runs in this process's memory. No method awaits between its reading and its writing, so each is one transaction. */
export function openMemoryRunStore(): RunStore {
  const held = new Map<string, Held>();
  const events: string[] = [];
  return {
    async createRun(run) {
      if (held.has(run.runId)) return false;
      held.set(run.runId, { run: JSON.stringify(queuedRun(run)), checkpoints: new Map(), segments: new Map() });
      return true;
    },
    async getRun(runId) {
      return read(runId);
    },
    async listRuns(filter, limit, cursor) {
      assert(limit >= 1, `A page holds at least one run, found limit ${limit}.`);
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      const matching = allRuns().filter(
        (run) => matchesFilter(run, filter) && (after === undefined || isNewer(after, run)),
      );
      const items = matching.slice(0, limit);
      const last = items.at(-1);
      return last !== undefined && matching.length > limit ? { items, next: encodeCursor(last) } : { items };
    },
    async findCompleted(key) {
      return allRuns().findLast((run) => hasRunKey(run, key) && run.status === "completed");
    },
    async findNewest(key) {
      return allRuns().find((run) => hasRunKey(run, key));
    },
    async beginAttempt(runId, expectedAttempt, owner, expectedStatus) {
      const run = read(runId);
      if (run === undefined) throw new MissingRunError(runId);
      const outcome = decideAttempt(run, expectedAttempt, owner, expectedStatus);
      if (outcome.kind === "started") write(outcome.run);
      return outcome;
    },
    async heartbeat(runId, attempt, atMs) {
      const run = read(runId);
      return run && write(withHeartbeat(run, attempt, atMs))?.status;
    },
    async setStatus(change) {
      const run = read(change.runId);
      return run !== undefined && write(withStatus(run, change)) !== undefined;
    },
    async commit(checkpoint, segment) {
      const decision = decideCommit(read(checkpoint.runId), checkpoint, segment);
      const entry = held.get(checkpoint.runId);
      if (decision.kind === "alreadySaved") {
        const stored = entry?.checkpoints.get(checkpoint.sequence);
        return stored === undefined ? decision : { ...decision, stored: decodeCheckpoint(stored) };
      }
      if (decision.kind !== "committed") return decision;
      assert(entry !== undefined, "A run that was decided on is held.");
      entry.checkpoints.set(checkpoint.sequence, encodeCheckpoint(checkpoint));
      entry.segments.set(segment.sequence, JSON.stringify(segment));
      write(decision.run);
      return { kind: "committed" };
    },
    async seedRun(checkpoint, segments) {
      const run = read(checkpoint.runId);
      const entry = held.get(checkpoint.runId);
      if (run === undefined || entry === undefined || !write(decideSeed(run, checkpoint, segments))) return false;
      entry.checkpoints.set(checkpoint.sequence, encodeCheckpoint(checkpoint));
      for (const segment of segments) entry.segments.set(segment.sequence, JSON.stringify(segment));
      return true;
    },
    async complete(completion) {
      const run = read(completion.runId);
      return run !== undefined && write(decideCompletion(run, completion)) !== undefined;
    },
    async getCheckpoint(runId, sequence) {
      return checkpointsOf(runId).findLast((found) => sequence === undefined || found.sequence === sequence);
    },
    async findCheckpoints(idPrefix) {
      const prefix = parseIdPrefix(idPrefix);
      const runIds = [...held.keys()].sort();
      return runIds.flatMap(checkpointsOf).filter((found) => found.checkpointId.startsWith(prefix));
    },
    async listCheckpoints(runId) {
      return inSequence(held.get(runId)?.checkpoints).map((text) => decodeCheckpointSummary(text.record));
    },
    async removeCheckpoint(runId, sequence) {
      const entry = held.get(runId);
      const found = checkpointsOf(runId).find((checkpoint) => checkpoint.sequence === sequence);
      if (entry === undefined || found === undefined || decodeRun(entry.run).headSequence === sequence) return false;
      if (isAwaited(runId, found.checkpointId)) return false;
      return entry.checkpoints.delete(sequence);
    },
    async listSegments(runId) {
      return inSequence(held.get(runId)?.segments).map(decodeSegment);
    },
    async removeRun(runId) {
      const run = read(runId);
      if (run === undefined || isUnderWay(run) || isAwaited(runId)) return false;
      const kept = events.filter((text) => decodeEvent(text).runId !== runId);
      events.splice(0, events.length, ...kept);
      return held.delete(runId);
    },
    async appendEvent(event) {
      events.push(encodeEvent(event));
    },
    async listEvents(runId) {
      return events.map(decodeEvent).filter((event) => event.runId === runId);
    },
    async close() {},
  };

  function read(runId: string): RunRecord | undefined {
    const entry = held.get(runId);
    return entry && decodeRun(entry.run);
  }

  /** Keeps the changed run; undefined, the decision to change nothing, passes through. */
  function write(run: RunRecord | undefined): RunRecord | undefined {
    const entry = run && held.get(run.runId);
    if (entry !== undefined) entry.run = JSON.stringify(run);
    return run;
  }

  /** Newest first. */
  function allRuns(): readonly RunRecord[] {
    return [...held.values()].map((entry) => decodeRun(entry.run)).sort((a, b) => (isNewer(a, b) ? -1 : 1));
  }

  function checkpointsOf(runId: string): readonly CheckpointRecord[] {
    return inSequence(held.get(runId)?.checkpoints).map(decodeCheckpoint);
  }

  /** Whether another run starts from this checkpoint (any of the run's, when none is given) and has not taken it over yet. */
  function isAwaited(runId: string, checkpointId?: string): boolean {
    return allRuns().some(
      ({ origin, headSequence }) =>
        headSequence === 0 &&
        origin?.runId === runId &&
        (checkpointId === undefined || origin.checkpointId === checkpointId),
    );
  }
}

function inSequence<T>(records: ReadonlyMap<number, T> | undefined): readonly T[] {
  return [...(records ?? [])].sort(([a], [b]) => a - b).map(([, text]) => text);
}

function isNewer(a: RunPosition, b: RunPosition): boolean {
  return a.createdAtMs > b.createdAtMs || (a.createdAtMs === b.createdAtMs && a.runId > b.runId);
}

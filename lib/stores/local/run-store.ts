import type { DatabaseSync } from "node:sqlite";
import { MissingRunError, type RunRecord, type RunStore } from "../../run/run-store.ts";
import { parseIdPrefix } from "../id-prefix.ts";
import { decodeCheckpoint, decodeCheckpointSummary } from "../run-records.ts";
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
import { openDatabase, type Survives, text } from "./database.ts";
import { firstCompletedRun, newestRun, readRunPage } from "./run-queries.ts";
import {
  insertCheckpoint,
  insertEvent,
  insertRun,
  insertSegment,
  isAwaited,
  readCheckpoint,
  readEvents,
  readRun,
  readSegments,
  updateRun,
} from "./run-rows.ts";

/** Runs in the SQLite file at this path, which several processes may have open; each change is one transaction. */
export async function openLocalRunStore(path: string, survives: Survives = "power"): Promise<RunStore> {
  const database = await openDatabase(path, survives);
  return {
    createRun: (run) => database.change((db) => insertRun(db, queuedRun(run))),
    getRun: (runId) => database.read((db) => readRun(db, runId)),
    listRuns: (filter, limit, cursor) => database.read((db) => readRunPage(db, { filter, limit, cursor })),
    findCompleted: (key) => database.read((db) => firstCompletedRun(db, key)),
    findNewest: (key) => database.read((db) => newestRun(db, key)),
    beginAttempt: (runId, expectedAttempt, owner, expectedStatus) =>
      database.change((db) => {
        const run = readRun(db, runId);
        if (run === undefined) throw new MissingRunError(runId);
        const outcome = decideAttempt(run, expectedAttempt, owner, expectedStatus);
        if (outcome.kind === "started") updateRun(db, outcome.run);
        return outcome;
      }),
    heartbeat: async (runId, attempt, atMs) =>
      (await changeRun(runId, (run) => withHeartbeat(run, attempt, atMs)))?.status,
    setStatus: async (change) => (await changeRun(change.runId, (run) => withStatus(run, change))) !== undefined,
    commit: (checkpoint, segment) =>
      database.change((db) => {
        const { runId, sequence } = checkpoint;
        const decision = decideCommit(readRun(db, runId), checkpoint, segment);
        if (decision.kind === "alreadySaved") {
          const stored = readCheckpoint(db, runId, sequence);
          return stored === undefined ? decision : { ...decision, stored };
        }
        if (decision.kind !== "committed") return decision;
        insertCheckpoint(db, checkpoint);
        insertSegment(db, segment);
        updateRun(db, decision.run);
        return { kind: "committed" };
      }),
    seedRun: async (checkpoint, segments) => {
      const seeded = await changeRun(checkpoint.runId, (run, db) => {
        const next = decideSeed(run, checkpoint, segments);
        if (next === undefined) return undefined;
        insertCheckpoint(db, checkpoint);
        for (const segment of segments) insertSegment(db, segment);
        return next;
      });
      return seeded !== undefined;
    },
    complete: async (completion) =>
      (await changeRun(completion.runId, (run) => decideCompletion(run, completion))) !== undefined,
    getCheckpoint: (runId, sequence) =>
      database.read((db) => {
        const row = db
          .prepare(
            `SELECT record, state FROM checkpoints WHERE run_id = $runId AND ($sequence IS NULL OR sequence = $sequence)
             ORDER BY sequence DESC LIMIT 1`,
          )
          .get({ $runId: runId, $sequence: sequence ?? null });
        return row && decodeCheckpoint({ record: text(row.record), state: text(row.state) });
      }),
    findCheckpoints: async (idPrefix) => {
      const prefix = parseIdPrefix(idPrefix);
      const rows = await database.read((db) =>
        db
          // "g" comes after every hex digit.
          .prepare(
            `SELECT record, state FROM checkpoints WHERE checkpoint_id >= ? AND checkpoint_id < ? ORDER BY run_id, sequence`,
          )
          .all(prefix, `${prefix}g`),
      );
      return rows.map((row) => decodeCheckpoint({ record: text(row.record), state: text(row.state) }));
    },
    listCheckpoints: async (runId) => {
      const rows = await database.read((db) =>
        db.prepare("SELECT record FROM checkpoints WHERE run_id = ? ORDER BY sequence").all(runId),
      );
      return rows.map((row) => decodeCheckpointSummary(text(row.record)));
    },
    removeCheckpoint: (runId, sequence) =>
      database.change((db) => {
        const found = readCheckpoint(db, runId, sequence);
        if (found === undefined || readRun(db, runId)?.headSequence === sequence) return false;
        if (isAwaited(db, runId, found.checkpointId)) return false;
        db.prepare("DELETE FROM checkpoints WHERE run_id = ? AND sequence = ?").run(runId, sequence);
        return true;
      }),
    listSegments: (runId) => database.read((db) => readSegments(db, runId)),
    removeRun: (runId) =>
      database.change((db) => {
        const run = readRun(db, runId);
        if (run === undefined || isUnderWay(run) || isAwaited(db, runId, undefined)) return false;
        for (const table of ["runs", "checkpoints", "segments", "events"]) {
          db.prepare(`DELETE FROM ${table} WHERE run_id = ?`).run(runId);
        }
        return true;
      }),
    appendEvent: (event) => database.change((db) => insertEvent(db, event)),
    listEvents: (runId) => database.read((db) => readEvents(db, runId)),
    close: () => database.close(),
  };

  /** Writes what `next` makes of the run and returns it; undefined, and nothing written, when there is no run or `next` declines. */
  function changeRun(
    runId: string,
    next: (run: RunRecord, db: DatabaseSync) => RunRecord | undefined,
  ): Promise<RunRecord | undefined> {
    return database.change((db) => {
      const run = readRun(db, runId);
      const changed = run && next(run, db);
      if (changed !== undefined) updateRun(db, changed);
      return changed;
    });
  }
}

import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { type AttemptOutcome, MissingRunError, type RunRecord, type RunStore } from "../../run/run-store.ts";
import { decodeEvent, decodeSegment } from "../run-records.ts";
import { decideAttempt, decideCompletion, queuedRun, withHeartbeat, withStatus } from "../run-transitions.ts";
import { eventCountKey, runPartition, segmentKey } from "./keys.ts";
import { collect, keyAttributes, numberOf, queryPartition, type Table, textOf } from "./read-items.ts";
import { decideOnRun, nowAwaiting, type RunTable, readStoredRun } from "./run-change.ts";
import { commitSegment, findCheckpoints, listCheckpoints, readCheckpoint, seedRun } from "./run-checkpoints.ts";
import { assertFits, decodeRunItem, encodeEventItem, encodeRunItem, hasExpired } from "./run-items.ts";
import { firstCompletedRun, listRuns, newestRun } from "./run-lists.ts";
import { finishRemoval, removeCheckpoint, removeRun } from "./run-removal.ts";
import { isAbsent, lost, put, untilWritten, writeTogether } from "./write-items.ts";

/**
 * Runs in a DynamoDB table; each change is one transaction. Lists and searches go through indexes, which lag behind the table by a moment:
 * a run may be missing from them right after it was created, and never shows in a state that it is no longer in.
 */
export function openAwsRunStore(place: Table): RunStore {
  const table: RunTable = { ...place, last: {} };
  return {
    async createRun(run) {
      const queued = queuedRun(run);
      assertFits(queued);
      return untilWritten(`Run "${run.runId}"`, async () => {
        const items = [put(encodeRunItem(queued, 1), isAbsent), ...nowAwaiting(queued)];
        if (await writeTogether(table, items)) return true;
        const stored = await readStoredRun(table, run.runId);
        if (stored?.kind === "run") return false;
        if (stored?.kind === "removing") await finishRemoval(table, run.runId);
        return lost;
      });
    },
    async getRun(runId) {
      const stored = await readStoredRun(table, runId);
      return stored?.kind === "run" ? stored.run : undefined;
    },
    listRuns: (filter, limit, cursor) => listRuns(table, { filter, limit, cursor }),
    findCompleted: (key) => firstCompletedRun(table, key),
    findNewest: (key) => newestRun(table, key),
    async beginAttempt(runId, expectedAttempt, owner, expectedStatus) {
      const outcome = await decideOnRun<AttemptOutcome | undefined>(table, runId, (run) => {
        const outcome = run && decideAttempt(run, expectedAttempt, owner, expectedStatus);
        return outcome?.kind === "started" ? { outcome, next: outcome.run } : { outcome };
      });
      if (outcome === undefined) throw new MissingRunError(runId);
      return outcome;
    },
    heartbeat: async (runId, attempt, atMs) =>
      (await changeRun(runId, (run) => withHeartbeat(run, attempt, atMs)))?.status,
    setStatus: async (change) => (await changeRun(change.runId, (run) => withStatus(run, change))) !== undefined,
    commit: (checkpoint, segment) => commitSegment(table, checkpoint, segment),
    seedRun: (checkpoint, segments) => seedRun(table, checkpoint, segments),
    complete: async (completion) =>
      (await changeRun(completion.runId, (run) => decideCompletion(run, completion))) !== undefined,
    getCheckpoint: (runId, sequence) => readCheckpoint(table, runId, sequence),
    findCheckpoints: (idPrefix) => findCheckpoints(table, idPrefix),
    listCheckpoints: (runId) => listCheckpoints(table, runId),
    removeCheckpoint: (runId, sequence) => removeCheckpoint(table, runId, sequence),
    async listSegments(runId) {
      // The run comes first. Segments after its head were inherited by a seed that died before it could set the head.
      const to = segmentKey(runId, 9_999_999_999).sk;
      const [run, ...segments] = await collect(queryPartition(table, { pk: runPartition(runId), from: "RUN", to }));
      const stored = run?.sk?.S === "RUN" ? decodeRunItem(run) : undefined;
      if (stored?.kind !== "run") return [];
      const { headSequence } = stored.run;
      return segments
        .map((item) => decodeSegment(textOf(item, "record")))
        .filter(({ sequence }) => sequence <= headSequence);
    },
    async removeRun(runId) {
      const isRemoved = await removeRun(table, runId);
      if (isRemoved) delete table.last.stored;
      return isRemoved;
    },
    async appendEvent(event) {
      // A repeat of the count, or a death after it, leaves out a number, which no reader minds.
      const { Attributes = {} } = await table.dynamodb.send(
        new UpdateItemCommand({
          TableName: table.name,
          Key: keyAttributes(eventCountKey(event.runId)),
          UpdateExpression: "ADD #count :one",
          ExpressionAttributeNames: { "#count": "count" },
          ExpressionAttributeValues: { ":one": { N: "1" } },
          ReturnValues: "UPDATED_NEW",
        }),
      );
      await writeTogether(table, [put(encodeEventItem(event, numberOf(Attributes, "count"), Date.now()))]);
    },
    async listEvents(runId) {
      const items = await collect(queryPartition(table, { pk: runPartition(runId), from: "EVENT#", to: "EVENT#~" }));
      const nowMs = Date.now();
      return items.filter((item) => !hasExpired(item, nowMs)).map((item) => decodeEvent(textOf(item, "record")));
    },
    async close() {},
  };

  /** Writes what `next` makes of the run and returns it; undefined, and nothing written, when there is no run or `next` declines. */
  function changeRun(runId: string, next: (run: RunRecord) => RunRecord | undefined): Promise<RunRecord | undefined> {
    return decideOnRun(table, runId, (run) => {
      const changed = run && next(run);
      return changed === undefined ? { outcome: undefined } : { outcome: changed, next: changed };
    });
  }
}

import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { RunRecord } from "../../run/run-store.ts";
import { awaitedKey, runItemKey } from "./keys.ts";
import { type Item, readItem, type Table } from "./read-items.ts";
import { decodeRunItem, encodeRunItem, type StoredRun } from "./run-items.ts";
import { hasRevision, lost, put, untilWritten, update, writeTogether } from "./write-items.ts";

export type Write = (tableName: string) => TransactWriteItem;

/** What becomes of a run that was read: an outcome, and with it perhaps a changed record and items to be written together with it. */
export type RunDecision<T> = { readonly outcome: T; readonly next?: RunRecord; readonly also?: readonly Write[] };

/**
 * Reads the run, decides, and writes in one transaction on the condition that the run is still the one that was read; otherwise reads and
 * decides again. The outcome is that of the decision that was written, or of the one that wrote nothing.
 */
export function decideOnRun<T>(
  table: Table,
  runId: string,
  decide: (run: RunRecord | undefined) => RunDecision<T>,
): Promise<T> {
  return untilWritten(`Run "${runId}"`, async () => {
    const stored = decodeRunItem(await readItem(table, runItemKey(runId)));
    const run = stored?.kind === "run" ? stored.run : undefined;
    const { outcome, next, also = [] } = decide(run);
    if (next === undefined || stored?.kind !== "run") return outcome;
    const own = put(encodeRunItem(next, stored.revision + 1), hasRevision(stored.revision));
    const isWritten = await writeTogether(table, [own, ...also, ...noLongerAwaiting(stored.run, next)]);
    return isWritten ? outcome : lost;
  });
}

/** The run's item, read once. */
export async function readStoredRun(table: Table, runId: string): Promise<StoredRun | undefined> {
  return decodeRunItem(await readItem(table, runItemKey(runId)));
}

/** Notes under the origin of a new run that its checkpoint is awaited: the checkpoint and the origin stay until the run has its own. */
export function nowAwaiting(run: Pick<RunRecord, "runId" | "origin">): readonly Write[] {
  return run.origin === undefined ? [] : [changeAwaited(run.origin, run.runId, "ADD #awaiting :one, #revision :step")];
}

/** Takes the note away when a run is removed before it had a checkpoint. */
export function awaitingNoMore(run: RunRecord): readonly Write[] {
  if (run.origin === undefined || run.headSequence > 0) return [];
  return [changeAwaited(run.origin, run.runId, "ADD #revision :step DELETE #awaiting :one")];
}

/** The checkpoint ids of a run that other runs wait for, and a revision that changes with them (0: there were never any). */
export async function readAwaited(
  table: Table,
  runId: string,
): Promise<{ readonly checkpointIds: readonly string[]; readonly revision: number }> {
  const item: Item = (await readItem(table, awaitedKey(runId))) ?? {};
  const notes = item.awaiting?.SS ?? [];
  return {
    checkpointIds: notes.map((note) => note.slice(0, note.indexOf("/"))),
    revision: Number(item.revision?.N ?? 0),
  };
}

/** Takes the note away with the run's first checkpoint. */
function noLongerAwaiting(before: RunRecord, next: RunRecord): readonly Write[] {
  return next.headSequence > 0 ? awaitingNoMore(before) : [];
}

function changeAwaited(origin: { runId: string; checkpointId: string }, runId: string, expression: string): Write {
  return update(awaitedKey(origin.runId), {
    expression,
    names: { "#awaiting": "awaiting", "#revision": "revision" },
    values: { ":one": { SS: [`${origin.checkpointId}/${runId}`] }, ":step": { N: "1" } },
  });
}

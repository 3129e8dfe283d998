import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { RunRecord } from "../../run/run-store.ts";
import { awaitedKey, createdRun, runItemKey } from "./keys.ts";
import { type Item, readItem, type Table } from "./read-items.ts";
import { decodeRunItem, encodeRunItem, type StoredRun } from "./run-items.ts";
import { type Condition, hasRevision, lost, put, untilWritten, update, writeTogether } from "./write-items.ts";

/** The table, and the run that was read or written last, from which a change begins: the next one of the same run need not read it. */
export type RunTable = Table & { readonly last: { stored?: StoredRun & { readonly kind: "run" } } };

export type Write = (tableName: string) => TransactWriteItem;

/** What becomes of a run that was read: an outcome, and with it perhaps a changed record and items to be written together with it. */
export type RunDecision<T> = { readonly outcome: T; readonly next?: RunRecord; readonly also?: readonly Write[] };

/**
 * Reads the run, decides, and writes in one transaction on the condition that the run is still the one that was read; otherwise reads and
 * decides again. The outcome is that of the decision that was written, or of the one that wrote nothing.
 */
export async function decideOnRun<T>(
  table: RunTable,
  runId: string,
  decide: (run: RunRecord | undefined) => RunDecision<T>,
): Promise<T> {
  const { stored: last } = table.last;
  if (last?.run.runId === runId) {
    // Perhaps out of date: the condition says, and only what is written counts.
    const decision = decide(last.run);
    if (await write(table, last, decision)) return decision.outcome;
  }
  return untilWritten(`Run "${runId}"`, async () => {
    const stored = await readStoredRun(table, runId);
    const decision = decide(stored?.kind === "run" ? stored.run : undefined);
    if (decision.next === undefined || stored?.kind !== "run") return decision.outcome;
    return (await write(table, stored, decision)) ? decision.outcome : lost;
  });
}

/** False, and nothing changed, when the decision changes nothing or the run is not the one that it was made on. */
async function write<T>(
  table: RunTable,
  { run, revision }: { readonly run: RunRecord; readonly revision: number },
  { next, also = [] }: RunDecision<T>,
): Promise<boolean> {
  if (next === undefined) return false;
  const own = put(encodeRunItem(next, revision + 1), isAsItWas(run, revision));
  const isWritten = await writeTogether(table, [own, ...also, ...noLongerAwaiting(run, next)]);
  if (isWritten) table.last.stored = { kind: "run", run: next, revision: revision + 1 };
  return isWritten;
}

/** A run that was removed and created anew under the same id has the same revisions, and another time of creation. */
function isAsItWas(run: RunRecord, revision: number): Condition {
  const { expression, names, values } = hasRevision(revision);
  return {
    expression: `${expression} AND #createdRun = :createdRun`,
    names: { ...names, "#createdRun": "createdRun" },
    values: { ...values, ":createdRun": { S: createdRun(run) } },
  };
}

/** The run's item, read once. */
export async function readStoredRun(table: RunTable, runId: string): Promise<StoredRun | undefined> {
  const stored = decodeRunItem(await readItem(table, runItemKey(runId)));
  if (stored?.kind === "run") table.last.stored = stored;
  return stored;
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
export type Awaited = { readonly checkpointIds: readonly string[]; readonly revision: number };

export async function readAwaited(table: Table, runId: string): Promise<Awaited> {
  return decodeAwaited(await readItem(table, awaitedKey(runId)));
}

export function decodeAwaited(item: Item = {}): Awaited {
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

import { isUnderWay } from "../run-transitions.ts";
import { awaitedKey, checkpointKey, type ItemKey, runItemKey } from "./keys.ts";
import { keyOf, queryPartition, readItem, type Table } from "./read-items.ts";
import { awaitingNoMore, readAwaited, readStoredRun } from "./run-change.ts";
import { decodeCheckpointItem, removingItem } from "./run-items.ts";
import {
  type Condition,
  check,
  hasRevision,
  isAbsent,
  isPresent,
  lost,
  put,
  remove,
  removeAll,
  untilWritten,
  writeTogether,
} from "./write-items.ts";

/** Removes the checkpoint on the condition that no run has begun to wait for it meanwhile. */
export function removeCheckpoint(table: Table, runId: string, sequence: number): Promise<boolean> {
  const key = checkpointKey(runId, sequence);
  return untilWritten(`Checkpoint ${sequence} of run "${runId}"`, async () => {
    const item = await readItem(table, key);
    const stored = await readStoredRun(table, runId);
    if (item === undefined || (stored?.kind === "run" && stored.run.headSequence === sequence)) return false;
    const awaited = await readAwaited(table, runId);
    if (awaited.checkpointIds.includes(decodeCheckpointItem(item).checkpointId)) return false;
    const items = [remove(key, isPresent), check(awaitedKey(runId), sameAwaited(awaited.revision))];
    return (await writeTogether(table, items)) ? true : lost;
  });
}

/**
 * Turns the run into the mark of a removal, on the condition that it is as it was read and nobody waits for its checkpoints, then removes
 * its items. A removal that died in between is finished by its repeat, or by the next creation of a run with the same id.
 */
export async function removeRun(table: Table, runId: string): Promise<boolean> {
  const isRemoved = await untilWritten(`Run "${runId}"`, async () => {
    const stored = await readStoredRun(table, runId);
    if (stored?.kind === "removing") return true;
    if (stored === undefined || isUnderWay(stored.run)) return false;
    const awaited = await readAwaited(table, runId);
    if (awaited.checkpointIds.length > 0) return false;
    const items = [
      put(removingItem(runId), hasRevision(stored.revision)),
      check(awaitedKey(runId), sameAwaited(awaited.revision)),
      ...awaitingNoMore(stored.run),
    ];
    return (await writeTogether(table, items)) ? true : lost;
  });
  if (isRemoved) await finishRemoval(table, runId);
  return isRemoved;
}

/** Removes everything of a run that carries the mark of a removal, the mark last. */
export async function finishRemoval(table: Table, runId: string): Promise<void> {
  const mark = runItemKey(runId);
  const keys: ItemKey[] = [];
  for await (const item of queryPartition(table, { pk: mark.pk, from: " ", to: "~", keysOnly: true })) {
    const key = keyOf(item);
    if (key.sk !== mark.sk) keys.push(key);
  }
  await removeAll(table, keys);
  await writeTogether(table, [remove(mark, isRemoving)]);
}

const isRemoving: Condition = { expression: "attribute_exists(#removing)", names: { "#removing": "removing" } };

function sameAwaited(revision: number): Condition {
  return revision === 0 ? isAbsent : hasRevision(revision);
}

import { isUnderWay } from "../run-transitions.ts";
import { awaitedKey, checkpointKey, type ItemKey, runItemKey } from "./keys.ts";
import { keyOf, queryPartition, readItems, type Table, textOf } from "./read-items.ts";
import { awaitingNoMore, decodeAwaited, type RunTable, readAwaited, readStoredRun } from "./run-change.ts";
import { decodeRunItem, removingItem } from "./run-items.ts";
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
  const keys = [checkpointKey(runId, sequence), runItemKey(runId), awaitedKey(runId)] as const;
  return untilWritten(`Checkpoint ${sequence} of run "${runId}"`, async () => {
    // Everything but the state, which may be large.
    const attributes = ["id", "record", "revision", "removing", "awaiting"];
    const [item, runItem, awaitedItem] = await readItems(table, keys, attributes);
    if (item === undefined) return false;
    const stored = decodeRunItem(runItem);
    const headSequence = stored?.kind === "run" ? stored.run.headSequence : undefined;
    if (headSequence === sequence) return false;
    // The three are not of one moment: a checkpoint after the head was committed since the run was read.
    if (headSequence !== undefined && headSequence < sequence) return lost;
    const awaited = decodeAwaited(awaitedItem);
    if (awaited.checkpointIds.includes(textOf(item, "id"))) return false;
    const items = [remove(keys[0], isPresent), check(keys[2], sameAwaited(awaited.revision))];
    return (await writeTogether(table, items)) ? true : lost;
  });
}

/**
 * Turns the run into the mark of a removal, on the condition that it is as it was read and nobody waits for its checkpoints, then removes
 * its items. A removal that died in between is finished by its repeat, or by the next creation of a run with the same id.
 */
export async function removeRun(table: RunTable, runId: string): Promise<boolean> {
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

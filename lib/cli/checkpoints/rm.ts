import { InputError } from "../../engine/input-error.ts";
import { findOnlyCheckpoint } from "../../run/find-checkpoint.ts";
import type { CheckpointRecord } from "../../run/run-store.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome, type LocalHome } from "../local-home.ts";

/** A checkpoint that must stay. */
export class RemoveCheckpointError extends InputError {
  override readonly name = "RemoveCheckpointError";
}

/** `checkpoints rm`: all that are named are found before the first goes. */
export function removeCheckpoints(references: readonly string[], console: Console): Promise<ExitCode> {
  return atHome(async (home) => {
    const { runs } = home.stores;
    const found: CheckpointRecord[] = [];
    for (const reference of references) found.push(await findOnlyCheckpoint(reference, runs));
    for (const checkpoint of found) {
      if (!(await runs.removeCheckpoint(checkpoint.runId, checkpoint.sequence)))
        throw new RemoveCheckpointError(await refusal(checkpoint, home));
    }
    const removed = found.map(({ runId, sequence, checkpointId }) => ({ runId, sequence, checkpointId }));
    console.answer({ removed }, `Removed ${removed.map(({ runId, sequence }) => `${runId}@${sequence}`).join(", ")}.`);
    return 0;
  });
}

async function refusal({ runId, sequence }: CheckpointRecord, { stores }: LocalHome): Promise<string> {
  const run = await stores.runs.getRun(runId);
  const place = `Checkpoint ${sequence} of run "${runId}"`;
  if (run?.headSequence === sequence)
    return `${place} is its newest, which resume and extend go on from: it stays as long as the run. Delete the run: backstitch rm ${runId}`;
  return `${place} is what another run starts from, which has no checkpoint of its own yet: resume or delete that one first (backstitch ls).`;
}

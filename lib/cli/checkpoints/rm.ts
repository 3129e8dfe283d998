import { InputError } from "../../engine/input-error.ts";
import { findOnlyCheckpoint } from "../../run/find-checkpoint.ts";
import type { CheckpointRecord } from "../../run/run-store.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import type { LocalHome } from "../local-home.ts";
import { atPlace } from "../place.ts";

/** A checkpoint that must stay. */
export class RemoveCheckpointError extends InputError {
  override readonly name = "RemoveCheckpointError";
}

/** `checkpoints rm`: all that are named are found before the first goes. */
export async function removeCheckpoints(
  references: readonly string[],
  flags: CloudFlags,
  console: Console,
): Promise<ExitCode> {
  const removed = await atPlace<readonly RemovedCheckpoint[]>(flags, {
    local: (home) => removeHere(references, home),
    cloud: async ({ checkpoints }) => {
      for (const reference of references) await checkpoints.place(reference);
      const gone: RemovedCheckpoint[] = [];
      for (const reference of references) gone.push(...(await checkpoints.remove(reference)));
      return gone;
    },
  });
  console.answer({ removed }, `Removed ${removed.map(({ runId, sequence }) => `${runId}@${sequence}`).join(", ")}.`);
  return 0;
}

type RemovedCheckpoint = { readonly runId: string; readonly sequence: number; readonly checkpointId: string };

async function removeHere(references: readonly string[], home: LocalHome): Promise<readonly RemovedCheckpoint[]> {
  const { runs } = home.stores;
  const found: CheckpointRecord[] = [];
  for (const reference of references) found.push(await findOnlyCheckpoint(reference, runs));
  for (const checkpoint of found) {
    if (!(await runs.removeCheckpoint(checkpoint.runId, checkpoint.sequence)))
      throw new RemoveCheckpointError(await refusal(checkpoint, home));
  }
  return found.map(({ runId, sequence, checkpointId }) => ({ runId, sequence, checkpointId }));
}

async function refusal({ runId, sequence }: CheckpointRecord, { stores }: LocalHome): Promise<string> {
  const run = await stores.runs.getRun(runId);
  const place = `Checkpoint ${sequence} of run "${runId}"`;
  if (run?.headSequence === sequence)
    return `${place} is its newest, which resume and extend go on from: it stays as long as the run. Delete the run: backstitch rm ${runId}`;
  return `${place} is what another run starts from, which has no checkpoint of its own yet: resume or delete that one first (backstitch ls).`;
}

import { assertCanGoOn, RunDamagedError } from "./assert-can-go-on.ts";
import { forkRun } from "./branch-run.ts";
import type { RunStores } from "./opened-run.ts";
import type { CheckpointRecord, RunRecord } from "./run-store.ts";
import type { Spec } from "./spec.ts";
import type { Creation } from "./start-run.ts";

/** Forks from a checkpoint whose past is whole; a fork of a damaged one is not kept, and RunDamagedError speaks of the run it was to start from. */
export async function forkWholeRun(
  checkpoint: CheckpointRecord,
  spec: Spec,
  creation: Creation,
  stores: RunStores,
): Promise<RunRecord> {
  const fork = await forkRun(checkpoint, spec, creation, stores);
  // An earlier try of the same request has started it.
  if (fork.attempt > 0) return fork;
  try {
    await assertCanGoOn(fork, stores);
    return fork;
  } catch (error) {
    if (!(error instanceof RunDamagedError)) throw error;
    await stores.runs.removeRun(fork.runId);
    throw new RunDamagedError(error.message.replaceAll(fork.runId, checkpoint.runId), { cause: error });
  }
}

import { RunFailedError } from "../local/execute-run.ts";
import type { RunStores } from "../run/opened-run.ts";
import { newestGoodCheckpoint, verifyRun } from "./checkpoints/verify-run.ts";

/** What a damaged or missing checkpoint, part or large state makes a run fail with. */
const damages = [
  "CheckpointDamagedError",
  "CheckpointFormatError",
  "MissingCheckpointError",
  "CorruptObjectError",
  "MissingObjectError",
  "PartFormatError",
];

/** The error; that of something damaged or missing names the newest good checkpoint, from which the run can be done again. */
export async function withWayOut(error: unknown, runId: string, stores: RunStores): Promise<unknown> {
  if (!(error instanceof Error) || !damages.includes(error.name)) return error;
  const run = await stores.runs.getRun(runId);
  if (run === undefined) return error;
  const good = newestGoodCheckpoint(await verifyRun(run, stores));
  const way =
    good === undefined
      ? `No good checkpoint of run "${runId}" is left: compute it again with backstitch run SPEC --fresh.`
      : `The newest good checkpoint is ${good.checkpointId.slice(0, 12)} (sequence ${good.sequence}, bar ${good.barIndex}). Go on from it: backstitch checkpoints fork ${runId}@${good.sequence}`;
  return new RunFailedError(error.name, `${error.message}\n${way}`, undefined);
}

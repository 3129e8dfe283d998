import type { RunStores } from "./opened-run.ts";
import type { RunRecord } from "./run-store.ts";
import { newestGoodCheckpoint, type RunVerification, type VerifiedCheckpoint, verifyRun } from "./verify-run.ts";

/** What a run goes on from is damaged or missing. */
export class RunDamagedError extends Error {
  override readonly name = "RunDamagedError";
}

/**
 * Reads back what the run needs of its past: its head and all its parts, which its end will read. Found out only there, the good checkpoints before the damage
 * would be gone by then. Throws RunDamagedError naming what is damaged and the newest good checkpoint.
 */
export async function assertCanGoOn(run: RunRecord, stores: RunStores): Promise<void> {
  if (run.headSequence === 0) return;
  const verified = await verifyRun(run, stores);
  const head = verified.checkpoints.filter(({ sequence }) => sequence === run.headSequence);
  const problems = [...problemLines({ ...verified, checkpoints: head })];
  if (problems.length === 0) return;
  throw new RunDamagedError(
    [
      `Run "${run.runId}" cannot go on as it is:`,
      ...problems.map((line) => `  ${line}`),
      wayOut(run.runId, newestGoodCheckpoint(verified)),
    ].join("\n"),
  );
}

/** One line for each thing that is damaged or missing. */
export function problemLines({ checkpoints, segments, problems }: RunVerification): readonly string[] {
  return [
    ...checkpoints.flatMap(({ sequence, problems: own }) => own.map((problem) => `Checkpoint ${sequence}: ${problem}`)),
    ...segments.flatMap(({ sequence, startBar, endBar, problems: own }) =>
      own.map((problem) => `Segment ${sequence} (bars ${startBar} to ${endBar - 1}): ${problem}`),
    ),
    ...problems,
  ];
}

/** What to do about a damaged run. */
export function wayOut(runId: string, good: VerifiedCheckpoint | undefined): string {
  if (good === undefined) return "No good checkpoint is left: compute the run again with backstitch run SPEC --fresh.";
  return `The newest good checkpoint is ${good.checkpointId.slice(0, 12)} (sequence ${good.sequence}, bar ${good.barIndex}). Go on from it: backstitch checkpoints fork ${runId}@${good.sequence}`;
}

import type { RunRecord, RunStore } from "./run-store.ts";

/** Asks whoever computes the run to checkpoint and stop; returns the run as it is then. */
export async function askToStop(run: RunRecord, runs: RunStore, atMs: number): Promise<RunRecord> {
  const { runId, attempt } = run;
  await runs.setStatus({ runId, attempt, from: ["queued", "running", "resuming"], to: "cancelling", atMs });
  return (await runs.getRun(runId)) ?? run;
}

/** Cancels a run that nobody computes, if its attempt is still the one that was read; returns the run as it is then. */
export async function cancelAtOnce(run: RunRecord, runs: RunStore, atMs: number): Promise<RunRecord> {
  const { runId, attempt, headBar } = run;
  const reason = { name: "Cancelled", message: "cancelled by request" };
  const isDone = await runs.setStatus({
    runId,
    attempt,
    from: ["queued", "running", "resuming", "cancelling"],
    to: "cancelled",
    reason,
    atMs,
  });
  if (isDone) await runs.appendEvent({ runId, atMs, attempt, kind: "cancelled", barIndex: headBar });
  return (await runs.getRun(runId)) ?? run;
}

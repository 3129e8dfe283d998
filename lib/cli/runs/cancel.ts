import { setTimeout } from "node:timers/promises";
import { InputError } from "../../engine/input-error.ts";
import { isOwnerAlive } from "../../local/execute-run.ts";
import { isUnderWay } from "../../run/run-status.ts";
import type { RunRecord, RunStore } from "../../run/run-store.ts";
import type { Console, ExitCode } from "../console.ts";
import { findRun } from "../find-run.ts";
import { atHome } from "../local-home.ts";
import { countText, durationText } from "../quantity-text.ts";
import { runDocument } from "../run-document.ts";

export type CancelFlags = { readonly wait: number };

/** A run that there is nothing to cancel of. */
export class CancelError extends InputError {
  override readonly name = "CancelError";
}

/** How often the run is looked at while its worker stops. */
const lookEveryMs = 100;

/** `cancel`: the worker checkpoints and stops; a run that nobody computes is cancelled at once. */
export function cancelRun(reference: string, flags: CancelFlags, console: Console): Promise<ExitCode> {
  return atHome(async (home) => {
    const { runs } = home.stores;
    const run = await findRun(reference, runs);
    if (run.status === "completed" || run.status === "failed") {
      const way =
        run.status === "completed"
          ? `See it: backstitch show ${run.runId}`
          : `Go on with it: backstitch resume ${run.runId}`;
      throw new CancelError(`Run "${run.runId}" is ${run.status}: there is nothing to cancel. ${way}`);
    }
    const after = await cancelled(run, flags, runs, console);
    const document = await runDocument(after, home);
    console.answer(document, outcomeText(after));
    return 0;
  });
}

/** The run once it has stopped, or as it stands when the wait is over. */
async function cancelled(run: RunRecord, { wait }: CancelFlags, runs: RunStore, console: Console): Promise<RunRecord> {
  if (run.status === "cancelled") return run;
  if (!isOwnerAlive(run, Date.now())) return cancelAtOnce(run, runs);
  const { runId, attempt } = run;
  await runs.setStatus({ runId, attempt, from: ["queued", "running", "resuming"], to: "cancelling", atMs: Date.now() });
  console.note(`Run ${runId}: waiting up to ${durationText(wait)} for its worker to checkpoint and stop.`);
  const untilMs = Date.now() + wait;
  let now = await reread(run, runs);
  while (isUnderWay(now) && Date.now() < untilMs) {
    if (!isOwnerAlive(now, Date.now())) return cancelAtOnce(now, runs);
    await setTimeout(lookEveryMs);
    now = await reread(run, runs);
  }
  return now;
}

async function cancelAtOnce(run: RunRecord, runs: RunStore): Promise<RunRecord> {
  const { runId, attempt, headBar } = run;
  const atMs = Date.now();
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
  return reread(run, runs);
}

async function reread(run: RunRecord, runs: RunStore): Promise<RunRecord> {
  return (await runs.getRun(run.runId)) ?? run;
}

function outcomeText(run: RunRecord): string {
  const { runId, status } = run;
  const done = `${countText(run.headBar - run.startBar)} of ${countText(run.endBar - run.startBar)} bars done`;
  if (status === "cancelled") return `Run ${runId} is cancelled, ${done}. Go on with it: backstitch resume ${runId}`;
  if (status === "completed") return `Run ${runId} completed before it could be cancelled.`;
  return `Run ${runId} is ${status}, ${done}. Its worker stops at the end of its current chunk of bars: look with backstitch show ${runId}`;
}

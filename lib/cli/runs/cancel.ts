import { setTimeout } from "node:timers/promises";
import { InputError } from "../../engine/input-error.ts";
import { runDocument } from "../../report/run-document.ts";
import { askToStop, cancelAtOnce } from "../../run/cancel-run.ts";
import { findRun } from "../../run/find-run.ts";
import { isOwnerAlive } from "../../run/run-owner.ts";
import { isUnderWay } from "../../run/run-status.ts";
import type { RunRecord, RunStore } from "../../run/run-store.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { countText, durationText } from "../quantity-text.ts";

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
  if (!isOwnerAlive(run, Date.now())) return cancelAtOnce(run, runs, Date.now());
  let now = await askToStop(run, runs, Date.now());
  console.note(`Run ${run.runId}: waiting up to ${durationText(wait)} for its worker to checkpoint and stop.`);
  const untilMs = Date.now() + wait;
  while (isUnderWay(now) && Date.now() < untilMs) {
    if (!isOwnerAlive(now, Date.now())) return cancelAtOnce(now, runs, Date.now());
    await setTimeout(lookEveryMs);
    now = (await runs.getRun(run.runId)) ?? now;
  }
  return now;
}

function outcomeText(run: RunRecord): string {
  const { runId, status } = run;
  const done = `${countText(run.headBar - run.startBar)} of ${countText(run.endBar - run.startBar)} bars done`;
  if (status === "cancelled") return `Run ${runId} is cancelled, ${done}. Go on with it: backstitch resume ${runId}`;
  if (status === "completed") return `Run ${runId} completed before it could be cancelled.`;
  return `Run ${runId} is ${status}, ${done}. Its worker stops at the end of its current chunk of bars: look with backstitch show ${runId}`;
}

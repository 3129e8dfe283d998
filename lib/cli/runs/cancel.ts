import { setTimeout } from "node:timers/promises";
import type { RemoteRuns } from "../../cloud/remote-runs.ts";
import { InputError } from "../../engine/input-error.ts";
import { type RunDocument, runDocument } from "../../report/run-document.ts";
import { askToStop, cancelAtOnce } from "../../run/cancel-run.ts";
import { findRun } from "../../run/find-run.ts";
import { isOwnerAlive } from "../../run/run-owner.ts";
import { isUnderWay } from "../../run/run-status.ts";
import type { RunRecord, RunStore } from "../../run/run-store.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import type { LocalHome } from "../local-home.ts";
import { atPlace, PlaceError } from "../place.ts";
import { countText, durationText } from "../quantity-text.ts";

export type CancelFlags = CloudFlags & { readonly wait: number; readonly force?: boolean };

/** A run that there is nothing to cancel of. */
export class CancelError extends InputError {
  override readonly name = "CancelError";
}

/** `cancel`: the worker checkpoints and stops; a run that nobody computes is cancelled at once. */
export async function cancelRun(reference: string, flags: CancelFlags, console: Console): Promise<ExitCode> {
  const document = await atPlace(flags, {
    local: (home) => cancelHere(reference, flags, home, console),
    cloud: ({ runs }) => cancelThere(reference, flags, runs, console),
  });
  console.answer(document, outcomeText(document, console));
  return 0;
}

/** How often the run is looked at while its worker stops. */
const lookEveryMs = { local: 100, cloud: 500 };

async function cancelHere(
  reference: string,
  { wait, force }: CancelFlags,
  home: LocalHome,
  console: Console,
): Promise<RunDocument> {
  if (force === true)
    throw new PlaceError("--force: only for runs on AWS. Here a second Ctrl-C, or kill -9, ends the worker at once.");
  const { runs } = home.stores;
  const run = await findRun(reference, runs);
  assertCancellable(run);
  return runDocument(await cancelled(run, wait, runs, console), home);
}

function assertCancellable({ runId, status }: Pick<RunRecord, "runId" | "status">): void {
  if (status !== "completed" && status !== "failed") return;
  const way = status === "completed" ? `See it: backstitch show ${runId}` : `Go on with it: backstitch resume ${runId}`;
  throw new CancelError(`Run "${runId}" is ${status}: there is nothing to cancel. ${way}`);
}

/** The run once it has stopped, or as it stands when the wait is over. */
async function cancelled(run: RunRecord, wait: number, runs: RunStore, console: Console): Promise<RunRecord> {
  if (run.status === "cancelled") return run;
  if (!isOwnerAlive(run, Date.now())) return cancelAtOnce(run, runs, Date.now());
  let now = await askToStop(run, runs, Date.now());
  console.note(waitingText(run.runId, wait));
  const untilMs = Date.now() + wait;
  while (isUnderWay(now) && Date.now() < untilMs) {
    if (!isOwnerAlive(now, Date.now())) return cancelAtOnce(now, runs, Date.now());
    await setTimeout(lookEveryMs.local);
    now = (await runs.getRun(run.runId)) ?? now;
  }
  return now;
}

async function cancelThere(
  reference: string,
  { wait, force }: CancelFlags,
  runs: RemoteRuns,
  console: Console,
): Promise<RunDocument> {
  const { documentOf } = await import("../cloud/watch-run.ts");
  const { runId, status } = await runs.cancel(reference, force === true);
  if (isUnderWay({ status })) console.note(waitingText(runId, wait));
  const untilMs = Date.now() + wait;
  let now = await runs.get(runId);
  while (isUnderWay(now) && Date.now() < untilMs) {
    await setTimeout(lookEveryMs.cloud);
    now = await runs.get(runId);
  }
  return documentOf(now);
}

function waitingText(runId: string, wait: number): string {
  return `Run ${runId}: waiting up to ${durationText(wait)} for its worker to checkpoint and stop.`;
}

function outcomeText({ runId, status, head, data }: RunDocument, { hint }: Console): string {
  const done = `${countText(head.bar - data.startBar)} of ${countText(data.endBar - data.startBar)} bars done`;
  if (status === "cancelled")
    return `Run ${runId} is cancelled, ${done}. Go on with it: ${hint(`backstitch resume ${runId}`)}`;
  if (status === "completed") return `Run ${runId} completed before it could be cancelled.`;
  return `Run ${runId} is ${status}, ${done}. Its worker stops at the end of its current chunk of bars: look with ${hint(`backstitch show ${runId}`)}`;
}

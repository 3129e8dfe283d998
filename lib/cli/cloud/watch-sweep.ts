import { setTimeout } from "node:timers/promises";
import type { RemoteSweepProgress, RemoteSweeps } from "../../cloud/remote-sweeps.ts";
import { RunFailedError } from "../../local/execute-run.ts";
import type { SweepPace } from "../../local/sweep-pace.ts";
import type { SweepDocument } from "../../report/sweep-document.ts";
import type { Console, ExitCode } from "../console.ts";
import { stopOnSignal } from "../stop-on-signal.ts";
import { openSweepProgress, type SweepProgressLine } from "../sweeps/progress.ts";
import { tellAnswer, tellDetached, tellStopped } from "../sweeps/tell-sweep.ts";

/** Looks are further and further apart, up to this. */
const longestPauseMs = 2_000;
const firstPauseMs = 100;

/**
 * Shows how a sweep on the other side of the API goes on, until nobody works on it any more or the person has seen enough (Ctrl-C: the sweep goes on), and
 * tells its answer; first it says `notes`. Throws RunFailedError with the name and message of what made it fail.
 */
export async function watchSweep(
  sweepId: string,
  sweeps: RemoteSweeps,
  notes: readonly string[],
  console: Console,
): Promise<ExitCode> {
  const progress = openSweepProgress(console.isQuiet);
  const signals = stopOnSignal(() => progress.end());
  try {
    // Said once Ctrl-C is heard: who reads that it has begun may type it at once.
    for (const note of notes) console.note(note);
    const isDone = await follow(sweepId, sweeps, signals.stop, progress);
    progress.end();
    const document = await sweeps.get(sweepId);
    return isDone ? tellSweep(document, console) : tellDetached(document, console);
  } finally {
    progress.end();
    signals.release();
  }
}

/** Tells of a sweep that nobody works on any more. Throws RunFailedError. */
export function tellSweep(document: SweepDocument, console: Console): ExitCode {
  const { sweepId, status, reason, resultDigest } = document;
  if (status === "cancelled") return tellStopped(document, "Cancelled", console);
  if (resultDigest !== null) return tellAnswer(document, console);
  const { name, message } = reason ?? { name: "SweepFailedError", message: `Sweep "${sweepId}" failed.` };
  throw new RunFailedError(name, message, `${name}: ${message}`);
}

/** Looks at the sweep until nobody works on it; false when the signal came first. Ends with the sweep, whose every step has a time limit. */
async function follow(
  sweepId: string,
  sweeps: RemoteSweeps,
  stop: AbortSignal,
  line: SweepProgressLine,
): Promise<boolean> {
  let began: { readonly lanes: number; readonly atMs: number } | undefined;
  for (let pauseMs = firstPauseMs; !stop.aborted; pauseMs = Math.min(pauseMs * 1.3, longestPauseMs)) {
    const { progress, done } = await sweeps.events(sweepId);
    if (done) return true;
    const { doneLanes: lanesDone, totalLanes: lanesTotal, counts, best } = progress;
    began ??= { lanes: lanesDone, atMs: Date.now() };
    const pace = paceOf(progress) ?? paceSince(began, lanesDone, lanesTotal);
    line.show({ lanesDone, lanesTotal, cached: counts.cached, best: best ?? undefined, pace });
    await setTimeout(pauseMs, undefined, { signal: stop }).catch(() => undefined);
  }
  return false;
}

/** As the other side measures it. */
function paceOf({ share, lanesPerSecond, secondsLeft }: RemoteSweepProgress): SweepPace | undefined {
  if (share === null || lanesPerSecond === null || secondsLeft === null) return undefined;
  return { share, lanesPerSecond, secondsLeft };
}

/** As seen from here, since the first look. */
function paceSince(
  began: { readonly lanes: number; readonly atMs: number },
  lanesDone: number,
  lanesTotal: number,
): SweepPace | undefined {
  const lanesPerSecond = ((lanesDone - began.lanes) * 1_000) / (Date.now() - began.atMs);
  if (!(lanesPerSecond > 0)) return undefined;
  return { share: lanesDone / lanesTotal, lanesPerSecond, secondsLeft: (lanesTotal - lanesDone) / lanesPerSecond };
}

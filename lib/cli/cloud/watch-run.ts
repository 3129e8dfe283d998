import { setTimeout } from "node:timers/promises";
import type { RemoteRuns } from "../../cloud/remote-runs.ts";
import { RunFailedError } from "../../local/execute-run.ts";
import type { RunDetails } from "../../report/run-details.ts";
import type { RunDocument } from "../../report/run-document.ts";
import { parseSpec } from "../../run/parse-spec.ts";
import type { Console } from "../console.ts";
import { openProgress } from "../progress.ts";
import { stopOnSignal } from "../stop-on-signal.ts";
import type { RunCourse } from "../tell-run.ts";

/**
 * Shows how a run on the other side of the API goes on, until nobody works on it any more or the person has seen enough (Ctrl-C: the run goes on).
 * Throws RunFailedError with the name and message of what made it fail.
 */
export async function watchRun(runId: string, runs: RemoteRuns, console: Console): Promise<RunCourse> {
  const before = await runs.get(runId);
  const { everyBars } = parseSpec(before.spec, `The spec of run "${runId}"`).checkpoint;
  const { bar: headBar, sequence: headSequence } = before.head;
  const progress = openProgress({ headBar, headSequence, everyBars }, console.isQuiet);
  const signals = stopOnSignal(() => progress.end());
  try {
    const isDone = await follow(runId, runs, signals.stop, (now) => progress.show(now));
    const document = documentOf(await runs.get(runId));
    return isDone ? { end: endOf(document), document } : { end: { kind: "detached", by: "signal" }, document };
  } finally {
    progress.end();
    signals.release();
  }
}

/**
 * Looks are further and further apart, up to this: a look costs less than a request that waits for news, which would keep a function busy; and a run
 * on AWS moves by segments.
 */
const longestPauseMs = 2_000;
const firstPauseMs = 100;

type Progress = Awaited<ReturnType<RemoteRuns["events"]>>["progress"];

/** Looks at the run until nobody works on it; false when the signal came first. Ends with the run, whose every step has a time limit. */
async function follow(
  runId: string,
  runs: RemoteRuns,
  stop: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<boolean> {
  let position: string | undefined;
  for (let pauseMs = firstPauseMs; !stop.aborted; pauseMs = Math.min(pauseMs * 1.3, longestPauseMs)) {
    const now = await runs.events(runId, position);
    position = now.position;
    onProgress(now.progress);
    // A queued run is one whose execution has been asked for and has not begun.
    if (now.done && now.progress.status !== "queued") return true;
    await setTimeout(pauseMs, undefined, { signal: stop }).catch(() => undefined);
  }
  return false;
}

function endOf(document: RunDocument): RunCourse["end"] {
  const { runId, status, reason, head } = document;
  if (status === "completed") return { kind: "completed" };
  if (status === "failed") {
    const { name, message } = reason ?? { name: "RunFailedError", message: `Run "${runId}" failed without a reason.` };
    throw new RunFailedError(name, message, `${name}: ${message}`);
  }
  return { kind: "stopped", by: reason?.name === "Interrupted" ? "interrupt" : "cancel", bar: head.bar };
}

/** What `run` answers: the details without what only `show` shows. */
export function documentOf(details: RunDetails): RunDocument {
  const { spec: _, segments: _s, events: _e, checkpoints: _c, lastTrades: _t, ...document } = details;
  return document;
}

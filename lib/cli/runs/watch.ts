import { setTimeout } from "node:timers/promises";
import { InputError } from "../../engine/input-error.ts";
import { runDocument } from "../../report/run-document.ts";
import { findRun } from "../../run/find-run.ts";
import { isOwnerAlive } from "../../run/run-owner.ts";
import { storedSpec } from "../../run/stored-spec.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import type { LocalHome } from "../local-home.ts";
import { atPlace } from "../place.ts";
import { openProgress } from "../progress.ts";
import { stopOnSignal } from "../stop-on-signal.ts";
import { tellCourse } from "../tell-run.ts";

/** A run that nobody computes. */
export class WatchError extends InputError {
  override readonly name = "WatchError";
}

/** `watch`: how a run that somebody else computes goes on, to its end. */
export function watch(reference: string, flags: CloudFlags, console: Console): Promise<ExitCode> {
  return atPlace(flags, {
    local: (home) => watchHere(reference, home, console),
    cloud: async ({ runs }) => {
      const { watchRun } = await import("../cloud/watch-run.ts");
      return tellCourse(await watchRun((await runs.get(reference)).runId, runs, console), "Completed.", console);
    },
  });
}

const lookEveryMs = 200;

/** Looks at the record, which moves by checkpoints, until its process has come to an end. */
async function watchHere(reference: string, home: LocalHome, console: Console): Promise<ExitCode> {
  const { runs } = home.stores;
  let run = await findRun(reference, runs);
  const { everyBars } = storedSpec(run).checkpoint;
  const progress = openProgress({ headBar: run.headBar, headSequence: run.headSequence, everyBars }, console.isQuiet);
  const signals = stopOnSignal(() => progress.end());
  try {
    while (isOwnerAlive(run, Date.now()) && !signals.stop.aborted) {
      const { runId, headBar: bar, startBar, endBar, headSequence: sequence } = run;
      progress.show({ runId, bar, startBar, endBar, sequence });
      await setTimeout(lookEveryMs);
      run = (await runs.getRun(runId)) ?? run;
    }
  } finally {
    progress.end();
    signals.release();
  }
  const document = await runDocument(run, home);
  if (signals.stop.aborted) return tellCourse({ end: { kind: "detached", by: "signal" }, document }, "", console);
  if (run.status === "completed") return tellCourse({ end: { kind: "completed" }, document }, "Completed.", console);
  const why = run.reason === undefined ? "" : ` (${run.reason.name}: ${run.reason.message})`;
  throw new WatchError(
    `Run "${run.runId}" is ${run.status}${why}, and nobody computes it. Go on with it: backstitch resume ${run.runId}`,
  );
}

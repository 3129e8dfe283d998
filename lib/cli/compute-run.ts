import { executeRun } from "../local/execute-run.ts";
import { runDocument } from "../report/run-document.ts";
import { assertCanGoOn } from "../run/assert-can-go-on.ts";
import { isOwnerAlive } from "../run/run-owner.ts";
import type { RunRecord } from "../run/run-store.ts";
import { storedSpec } from "../run/stored-spec.ts";
import type { Console } from "./console.ts";
import type { LocalHome } from "./local-home.ts";
import { openProgress } from "./progress.ts";
import { stopOnSignal } from "./stop-on-signal.ts";
import type { RunCourse } from "./tell-run.ts";

/** Another process took the run over while this one computed it. */
export class RunTakenOverError extends Error {
  override readonly name = "RunTakenOverError";
}

/** Computes the run from its head, with progress and until a signal stops it. Throws RunDamagedError, RunBusyError and what made it fail. */
export async function computeRun(run: RunRecord, home: LocalHome, console: Console): Promise<RunCourse> {
  const { stores, folder } = home;
  // A run that somebody computes is refused before anything else; while it moves, it cannot be read back.
  if (!isOwnerAlive(run, Date.now())) await assertCanGoOn(run, stores);
  const { everyBars } = storedSpec(run).checkpoint;
  const progress = openProgress({ headBar: run.headBar, headSequence: run.headSequence, everyBars }, console.isQuiet);
  const signals = stopOnSignal(() => {
    progress.end();
    console.warn("Stopping at the end of the current chunk of bars with a checkpoint; once more to kill at once.");
  });
  try {
    const end = await executeRun({
      run,
      home: folder,
      stores,
      onProgress: (now) => progress.show(now),
      stop: signals.stop,
    });
    if (end.kind === "superseded")
      throw new RunTakenOverError(
        `Run "${run.runId}" was taken over by another process. See how it goes on: backstitch show ${run.runId}`,
      );
    const after = (await stores.runs.getRun(run.runId)) ?? run;
    return { end, document: await runDocument(after, home) };
  } finally {
    progress.end();
    signals.release();
  }
}

import { executeRun } from "../local/execute-run.ts";
import { type RunDocument, runDocument } from "../report/run-document.ts";
import { assertCanGoOn } from "../run/assert-can-go-on.ts";
import { isOwnerAlive } from "../run/run-owner.ts";
import type { RunRecord } from "../run/run-store.ts";
import { storedSpec } from "../run/stored-spec.ts";
import type { AttemptEnd } from "../run/work-on-run.ts";
import type { Console, ExitCode } from "./console.ts";
import type { LocalHome } from "./local-home.ts";
import { openProgress } from "./progress.ts";
import { countText } from "./quantity-text.ts";
import { runText } from "./run-text.ts";
import { stopOnSignal } from "./stop-on-signal.ts";

/** Another process took the run over while this one computed it. */
export class RunTakenOverError extends Error {
  override readonly name = "RunTakenOverError";
}

/** A run that was computed as far as it came, as the commands tell it. */
export type Computed = {
  readonly end: Exclude<AttemptEnd, { readonly kind: "superseded" }>;
  readonly document: RunDocument;
};

/** Computes the run from its head, with progress and until a signal stops it. Throws RunDamagedError, RunBusyError and what made it fail. */
export async function computeRun(run: RunRecord, home: LocalHome, console: Console): Promise<Computed> {
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

/** Tells how a computed run ended, and what to do next; returns the exit code. `headline` is said of a completed one. */
export function tellComputed({ end, document }: Computed, headline: string, console: Console): ExitCode {
  const { runId } = document;
  switch (end.kind) {
    case "completed":
      console.answer(document, `${headline}\n\n${runText(document)}\n\n${nextCommands(runId)}`);
      return 0;
    case "stopped": {
      const how = end.by === "interrupt" ? "Interrupted" : "Cancelled";
      const done = `${countText(end.bar - document.data.startBar)} of ${countText(document.data.endBar - document.data.startBar)} bars done`;
      console.warn(
        `${how}: ${done}, checkpoint ${document.head.sequence} saved.\nResume with: backstitch resume ${runId}`,
      );
      if (console.isJson) console.answer(document, "");
      return 130;
    }
  }
}

/** What a person may want to do with a completed run. */
export function nextCommands(runId: string): string {
  return `Next: backstitch report ${runId} --open\n      backstitch export ${runId} --format csv\n      backstitch checkpoints ls ${runId}`;
}

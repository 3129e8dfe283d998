import { InputError } from "../../engine/input-error.ts";
import { findRun } from "../../run/find-run.ts";
import { isOwnerAlive } from "../../run/run-owner.ts";
import { computeRun, tellComputed } from "../compute-run.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { countText } from "../quantity-text.ts";

/** A run that there is nothing to resume of. */
export class ResumeError extends InputError {
  override readonly name = "ResumeError";
}

/** `resume`: goes on from the last checkpoint. */
export function resumeRun(reference: string, console: Console): Promise<ExitCode> {
  return atHome(async (home) => {
    const run = await findRun(reference, home.stores.runs);
    if (run.status === "completed")
      throw new ResumeError(
        `Run "${run.runId}" is completed: there is nothing to resume. See it: backstitch show ${run.runId}`,
      );
    const done = run.headBar - run.startBar;
    const from =
      run.headSequence === 0
        ? "its start (there is no checkpoint yet)"
        : `checkpoint ${run.headSequence}, ${countText(done)} of ${countText(run.endBar - run.startBar)} bars done`;
    if (!isOwnerAlive(run, Date.now())) console.note(`Run ${run.runId}: going on from ${from}.`);
    return tellComputed(await computeRun(run, home, console), "Resumed and completed.", console);
  });
}

import { InputError } from "../../engine/input-error.ts";
import { findRun } from "../../run/find-run.ts";
import { isOwnerAlive } from "../../run/run-owner.ts";
import { isUnderWay } from "../../run/run-status.ts";
import type { RunRecord } from "../../run/run-store.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";

/** A run that cannot be deleted now. */
export class RemoveRunError extends InputError {
  override readonly name = "RemoveRunError";
}

/** `rm`: deletes runs; all that are named are found before the first goes. */
export function removeRuns(references: readonly string[], console: Console): Promise<ExitCode> {
  return atHome(async ({ stores }) => {
    const found: RunRecord[] = [];
    for (const reference of references) found.push(await findRun(reference, stores.runs));
    const removed: string[] = [];
    for (const run of found) {
      if (await stores.runs.removeRun(run.runId)) removed.push(run.runId);
      else if (!removed.includes(run.runId)) throw new RemoveRunError(refusal(run));
    }
    console.answer(
      { removed },
      `Deleted ${removed.join(", ")}. Free the space that only they used: backstitch checkpoints gc`,
    );
    return 0;
  });
}

function refusal(run: RunRecord): string {
  if (isUnderWay(run)) {
    const who = isOwnerAlive(run, Date.now()) ? "is being computed" : "was interrupted";
    return `Run "${run.runId}" ${who}: cancel it first with backstitch cancel ${run.runId}`;
  }
  return `Run "${run.runId}" is what another run starts from, which has no checkpoint of its own yet: resume or delete that one first (backstitch ls).`;
}

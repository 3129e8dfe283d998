import { InputError } from "../../engine/input-error.ts";
import { findRun } from "../../run/find-run.ts";
import { isOwnerAlive } from "../../run/run-owner.ts";
import { isUnderWay } from "../../run/run-status.ts";
import type { RunRecord } from "../../run/run-store.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import type { LocalHome } from "../local-home.ts";
import { atPlace } from "../place.ts";

/** A run that cannot be deleted now. */
export class RemoveRunError extends InputError {
  override readonly name = "RemoveRunError";
}

/** `rm`: deletes runs; all that are named are found before the first goes. */
export async function removeRuns(
  references: readonly string[],
  flags: CloudFlags,
  console: Console,
): Promise<ExitCode> {
  const removed = await atPlace(flags, {
    local: (home) => removeHere(references, home),
    cloud: async ({ runs }) => {
      const found = new Set<string>();
      for (const reference of references) found.add((await runs.get(reference)).runId);
      for (const runId of found) await runs.remove(runId);
      return [...found];
    },
  });
  const free = console.hint("backstitch checkpoints gc");
  console.answer({ removed }, `Deleted ${removed.join(", ")}. Free the space that only they used: ${free}`);
  return 0;
}

async function removeHere(references: readonly string[], { stores }: LocalHome): Promise<readonly string[]> {
  const found: RunRecord[] = [];
  for (const reference of references) found.push(await findRun(reference, stores.runs));
  const removed: string[] = [];
  for (const run of found) {
    if (await stores.runs.removeRun(run.runId)) removed.push(run.runId);
    else if (!removed.includes(run.runId)) throw new RemoveRunError(refusal(run));
  }
  return removed;
}

function refusal(run: RunRecord): string {
  if (isUnderWay(run)) {
    const who = isOwnerAlive(run, Date.now()) ? "is being computed" : "was interrupted";
    return `Run "${run.runId}" ${who}: cancel it first with backstitch cancel ${run.runId}`;
  }
  return `Run "${run.runId}" is what another run starts from, which has no checkpoint of its own yet: resume or delete that one first (backstitch ls).`;
}

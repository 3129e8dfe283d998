import { cleanUp } from "../../run/retention.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { countOf, sizeText } from "../quantity-text.ts";

export type CollectFlags = { readonly keep: number; readonly olderThan: number; readonly dryRun?: boolean };

/** `checkpoints gc`: retention over all runs, then the sweep of what nothing refers to. */
export function collectGarbage(flags: CollectFlags, console: Console): Promise<ExitCode> {
  return atHome(async ({ stores }) => {
    const dryRun = flags.dryRun === true;
    const { checkpoints, objects } = await cleanUp(
      { keep: flags.keep, olderThanMs: flags.olderThan, nowMs: Date.now(), dryRun },
      stores,
    );
    const freedBytes = objects.reduce((sum, object) => sum + object.sizeBytes, 0);
    const text = [
      `${dryRun ? "Would remove" : "Removed"} ${countOf(checkpoints.length, "checkpoint")} and ${countOf(objects.length, "file")} that nothing refers to (${sizeText(freedBytes)}).`,
      ...checkpoints.map(({ runId, sequence, checkpointId }) => `  ${runId}@${sequence}  ${checkpointId.slice(0, 12)}`),
    ];
    console.answer({ dryRun, checkpoints, objects, freedBytes }, text.join("\n"));
    return 0;
  });
}

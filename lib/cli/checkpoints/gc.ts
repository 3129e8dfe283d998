import { cleanUp } from "../../run/retention.ts";
import { sweepReferences } from "../../sweep/sweep-references.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { countOf, sizeText } from "../quantity-text.ts";

export type CollectFlags = CloudFlags & {
  readonly keep: number;
  readonly olderThan: number;
  readonly dryRun?: boolean;
};

type Removed = {
  readonly checkpoints: readonly { readonly runId: string; readonly sequence: number; readonly checkpointId: string }[];
  readonly checkpointCount: number;
  readonly objects: readonly { readonly kind: string; readonly hash: string; readonly sizeBytes: number }[];
  readonly objectCount: number;
  readonly freedBytes: number;
  /** Whether all files were looked at. */
  readonly isSwept: boolean;
};

/** `checkpoints gc`: retention over all runs, then the sweep of what nothing refers to. */
export async function collectGarbage(flags: CollectFlags, console: Console): Promise<ExitCode> {
  const { keep, olderThan } = flags;
  const dryRun = flags.dryRun === true;
  // The API lists the first of what it removed, and counts all.
  const removed = await atPlace<Removed>(flags, {
    local: async ({ stores }) => {
      const { checkpoints, objects, isSwept } = await cleanUp(
        { keep, olderThanMs: olderThan, nowMs: Date.now(), dryRun },
        stores,
        undefined,
        (nowMs) => sweepReferences(nowMs, stores),
      );
      const freedBytes = objects.reduce((sum, object) => sum + object.sizeBytes, 0);
      return {
        checkpoints,
        checkpointCount: checkpoints.length,
        objects,
        objectCount: objects.length,
        freedBytes,
        isSwept,
      };
    },
    cloud: (remote) => remote.checkpoints.cleanUp(keep, olderThan, dryRun),
  });
  const { checkpoints, checkpointCount, objects, objectCount, freedBytes, isSwept } = removed;
  const text = [
    `${dryRun ? "Would remove" : "Removed"} ${countOf(checkpointCount, "checkpoint")} and ${countOf(objectCount, "file")} that nothing refers to (${sizeText(freedBytes)}).`,
    ...checkpoints.map(({ runId, sequence, checkpointId }) => `  ${runId}@${sequence}  ${checkpointId.slice(0, 12)}`),
    ...(checkpoints.length < checkpointCount
      ? [`  … and ${countOf(checkpointCount - checkpoints.length, "more")}`]
      : []),
    ...(isSwept
      ? []
      : [
          "There are too many runs to look at all files in the time that this API has. Ask one with more: backstitch serve --cloud, and here --endpoint-url with its address.",
        ]),
  ];
  console.answer({ dryRun, checkpoints, checkpointCount, objects, objectCount, freedBytes, isSwept }, text.join("\n"));
  return 0;
}

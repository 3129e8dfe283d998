import { InputError } from "../../engine/input-error.ts";
import { findSweep } from "../../sweep/find-sweep.ts";
import { removeSweep } from "../../sweep/remove-sweep.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { assertLocal } from "../place.ts";

/** A sweep of which something is still computed. */
export class SweepRemovalError extends InputError {
  override readonly name = "SweepRemovalError";
}

/** `sweep rm`: deletes the sweep's record and its runs. */
export async function removeSweepHere(reference: string, flags: CloudFlags, console: Console): Promise<ExitCode> {
  assertLocal(flags, "sweep rm", "Leave --cloud out.");
  return atHome(async ({ stores }) => {
    const sweep = await findSweep(reference, stores.sweeps);
    if ((await removeSweep(sweep, () => false, stores)) === "busy")
      throw new SweepRemovalError(
        `Sweep "${sweep.sweepId}": a run of it is being computed. Cancel it first: backstitch sweep cancel ${sweep.sweepId}`,
      );
    console.answer(
      { removed: sweep.sweepId },
      `Removed sweep ${sweep.sweepId} with its runs. The files that only they refer to, the lanes that later sweeps would find known among them, go with: backstitch checkpoints gc`,
    );
    return 0;
  });
}

import { InputError } from "../../engine/input-error.ts";
import { findSweep } from "../../sweep/find-sweep.ts";
import { removeSweep } from "../../sweep/remove-sweep.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import type { LocalHome } from "../local-home.ts";
import { atPlace } from "../place.ts";

/** A sweep of which something is still computed. */
export class SweepRemovalError extends InputError {
  override readonly name = "SweepRemovalError";
}

/** `sweep rm`: deletes the sweep's record and its runs. */
export async function removeSweepHere(reference: string, flags: CloudFlags, console: Console): Promise<ExitCode> {
  const sweepId = await atPlace(flags, {
    local: (home) => removeHere(reference, home),
    cloud: async ({ sweeps }) => {
      const { sweepId: found } = await sweeps.summary(reference);
      await sweeps.remove(found);
      return found;
    },
  });
  console.answer(
    { removed: sweepId },
    `Removed sweep ${sweepId} with its runs. The files that only they refer to, the lanes that later sweeps would find known among them, go with: ${console.hint("backstitch checkpoints gc")}`,
  );
  return 0;
}

async function removeHere(reference: string, { stores }: LocalHome): Promise<string> {
  const sweep = await findSweep(reference, stores.sweeps);
  if ((await removeSweep(sweep, () => false, stores)) !== "busy") return sweep.sweepId;
  throw new SweepRemovalError(
    `Sweep "${sweep.sweepId}": a run of it is being computed. Cancel it first: backstitch sweep cancel ${sweep.sweepId}`,
  );
}

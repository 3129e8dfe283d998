import { isSweepOwned } from "../../local/run-sweep.ts";
import { sweepEntry } from "../../report/sweep-document.ts";
import { changeSweep } from "../../sweep/change-sweep.ts";
import { findSweep } from "../../sweep/find-sweep.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { assertLocal } from "../place.ts";

/** `sweep cancel`: its process stops at its next heartbeat; a sweep that nobody computes is cancelled at once. */
export async function cancelSweep(reference: string, flags: CloudFlags, console: Console): Promise<ExitCode> {
  assertLocal(flags, "sweep cancel", "Leave --cloud out.");
  return atHome(async ({ stores }) => {
    const sweep = await findSweep(reference, stores.sweeps);
    const changed = await changeSweep(
      sweep.sweepId,
      (now) => {
        if (now.status === "completed" || now.status === "partial" || now.status === "cancelled") return undefined;
        const status = isSweepOwned(now, Date.now()) ? ("cancelling" as const) : ("cancelled" as const);
        return {
          ...now,
          status,
          reason: { name: "Cancelled", message: "Cancelled on request." },
          updatedAtMs: Date.now(),
        };
      },
      stores.sweeps,
    );
    const after = changed ?? sweep;
    console.answer(
      sweepEntry(after),
      changed === undefined
        ? `Sweep ${sweep.sweepId} is ${sweep.status}; there is nothing to cancel.`
        : `Sweep ${sweep.sweepId} is ${after.status}. Go on with: backstitch sweep resume ${sweep.sweepId}`,
    );
    return 0;
  });
}

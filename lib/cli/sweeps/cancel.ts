import type { RemoteSweeps } from "../../cloud/remote-sweeps.ts";
import { isSweepOwned } from "../../local/sweep-hold.ts";
import { type SweepEntry, sweepEntry } from "../../report/sweep-document.ts";
import { changeSweep } from "../../sweep/change-sweep.ts";
import { findSweep } from "../../sweep/find-sweep.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import type { LocalHome } from "../local-home.ts";
import { atPlace } from "../place.ts";

/** `sweep cancel`: its process stops at its next heartbeat; a sweep that nobody computes is cancelled at once, and one that failed keeps its reason. */
export async function cancelSweep(reference: string, flags: CloudFlags, { hint, answer }: Console): Promise<ExitCode> {
  const { entry, isChanged } = await atPlace(flags, {
    local: (home) => cancelHere(reference, home),
    cloud: ({ sweeps }) => cancelThere(reference, sweeps),
  });
  const { sweepId, status } = entry;
  const isEnded = status === "completed" || status === "partial";
  const next = isEnded
    ? `See it: ${hint(`backstitch sweep show ${sweepId}`)}`
    : `Go on with: ${hint(`backstitch sweep resume ${sweepId}`)}`;
  answer(entry, `Sweep ${sweepId} is ${status}${isChanged ? "" : "; there is nothing to cancel"}. ${next}`);
  return 0;
}

type Cancelled = { readonly entry: SweepEntry; readonly isChanged: boolean };

async function cancelHere(reference: string, { stores }: LocalHome): Promise<Cancelled> {
  const sweep = await findSweep(reference, stores.sweeps);
  const changed = await changeSweep(
    sweep.sweepId,
    (now) => {
      if (isOver(now)) return undefined;
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
  return { entry: sweepEntry(changed ?? sweep), isChanged: changed !== undefined };
}

async function cancelThere(reference: string, sweeps: RemoteSweeps): Promise<Cancelled> {
  const { sweepId, name, strategy, tags, status, reason, resultDigest, counts, timing, snapshotId } =
    await sweeps.summary(reference);
  if (!isOver({ status })) {
    const { how: _how, note: _note, answeredFrom: _answeredFrom, ...entry } = await sweeps.cancel(sweepId);
    return { entry, isChanged: true };
  }
  const { attempts: attempt, createdAtMs, updatedAtMs, durationMs } = timing;
  const dates = { attempt, createdAtMs, updatedAtMs, durationMs };
  return {
    entry: { sweepId, name, strategy, tags, status, reason, resultDigest, counts, ...dates, snapshotId },
    isChanged: false,
  };
}

/** Nobody works on it, or is about to. */
function isOver({ status }: Pick<SweepEntry, "status">): boolean {
  return status === "completed" || status === "partial" || status === "cancelled" || status === "failed";
}

import { setTimeout } from "node:timers/promises";
import { isSweepOwned } from "../../local/sweep-hold.ts";
import { findSweep } from "../../sweep/find-sweep.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import type { LocalHome } from "../local-home.ts";
import { atPlace } from "../place.ts";
import { WatchError } from "../runs/watch.ts";
import { stopOnSignal } from "../stop-on-signal.ts";
import { openSweepProgress } from "./progress.ts";
import { documentOf } from "./run.ts";
import { tellAnswer, tellDetached } from "./tell-sweep.ts";

/** `sweep watch`: how a sweep that somebody else computes goes on, to its end. */
export function watchSweepOf(reference: string, flags: CloudFlags, console: Console): Promise<ExitCode> {
  return atPlace<ExitCode>(flags, {
    local: (home) => watchHere(reference, home, console),
    cloud: async ({ sweeps }) => {
      const { watchSweep } = await import("../cloud/watch-sweep.ts");
      return watchSweep((await sweeps.summary(reference)).sweepId, sweeps, [], console);
    },
  });
}

const lookEveryMs = 200;

/** Looks at the record, which counts lanes when they are planned and when all are done, until its process has come to an end. */
async function watchHere(reference: string, home: LocalHome, console: Console): Promise<ExitCode> {
  const { sweeps } = home.stores;
  let sweep = await findSweep(reference, sweeps);
  const progress = openSweepProgress(console.isQuiet);
  const signals = stopOnSignal(() => progress.end());
  try {
    while (isSweepOwned(sweep, Date.now()) && !signals.stop.aborted) {
      const { cached, completed, failed, total } = sweep.counts;
      const lanesDone = cached + completed + failed;
      progress.show({ lanesDone, lanesTotal: total, cached, best: undefined, pace: undefined });
      await setTimeout(lookEveryMs);
      sweep = (await sweeps.getSweep(sweep.sweepId)) ?? sweep;
    }
  } finally {
    progress.end();
    signals.release();
  }
  const document = await documentOf(sweep, home);
  if (signals.stop.aborted) return tellDetached(document, console);
  const { sweepId, status, reason, resultDigest } = document;
  if (resultDigest !== null && status !== "cancelled") return tellAnswer(document, console);
  const why = reason === null ? "" : ` (${reason.name}: ${reason.message})`;
  throw new WatchError(
    `Sweep "${sweepId}" is ${status}${why}, and nobody computes it. Go on with it: backstitch sweep resume ${sweepId}`,
  );
}

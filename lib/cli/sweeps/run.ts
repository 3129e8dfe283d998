import { availableParallelism } from "node:os";
import { runSweep } from "../../local/run-sweep.ts";
import { type SweepDocument, sweepDocument } from "../../report/sweep-document.ts";
import { createSweep } from "../../sweep/create-sweep.ts";
import { findSweep } from "../../sweep/find-sweep.ts";
import type { SweepRecord } from "../../sweep/sweep-store.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome, type LocalHome } from "../local-home.ts";
import { assertLocal } from "../place.ts";
import { parseChanges } from "../set-fields.ts";
import { readSweepFile } from "../spec-file.ts";
import { stopOnSignal } from "../stop-on-signal.ts";
import { openSweepProgress } from "./progress.ts";
import { sweepText } from "./sweep-text.ts";

export type SweepFlags = CloudFlags & {
  readonly workers?: number;
  readonly maxLanes?: number;
  readonly set?: readonly string[];
};

/** `sweep`: answers a sweep from what exists, goes on with what was begun, or computes it. */
export async function sweepSpec(file: string, flags: SweepFlags, console: Console): Promise<ExitCode> {
  assertLocal(flags, "sweep", "Leave --cloud out.");
  const limit = flags.maxLanes === undefined ? [] : [{ path: ["maxLanes"], value: flags.maxLanes }];
  const spec = readSweepFile(file, [...parseChanges(flags.set), ...limit]);
  return atHome(async (home) => {
    const { sweep, isNew } = await createSweep(spec, Date.now(), home.stores);
    if (isEnded(sweep)) return answer(sweep, home, console);
    console.note(`${isNew ? "Sweep" : "Going on with sweep"} ${sweep.sweepId}`);
    return computeSweep(sweep, flags, home, console);
  });
}

/** `sweep resume`: goes on from what is done. */
export async function resumeSweep(reference: string, flags: SweepFlags, console: Console): Promise<ExitCode> {
  assertLocal(flags, "sweep resume", "Leave --cloud out.");
  return atHome(async (home) => {
    const sweep = await findSweep(reference, home.stores.sweeps);
    return sweep.status === "completed" ? answer(sweep, home, console) : computeSweep(sweep, flags, home, console);
  });
}

/** A partial sweep has its answer; `resume` tries what failed again. */
function isEnded({ status }: SweepRecord): boolean {
  return status === "completed" || status === "partial";
}

/** Lane-bars a second of one thread, before anything was measured: the size of runs follows from it, and no result does. */
const usualSpeed = 20_000_000;

async function computeSweep(
  { sweepId }: SweepRecord,
  { workers = availableParallelism() }: SweepFlags,
  home: LocalHome,
  console: Console,
): Promise<ExitCode> {
  const progress = openSweepProgress(console.isQuiet);
  const signals = stopOnSignal(() => {
    progress.end();
    console.warn("Stopping at the end of the current chunk of bars with checkpoints; once more to kill at once.");
  });
  try {
    const end = await runSweep({
      sweepId,
      home: home.folder,
      stores: home.stores,
      workers,
      laneBarsPerSecond: usualSpeed,
      onProgress: (now) => progress.show(now),
      stop: signals.stop,
    });
    progress.end();
    const after = await findSweep(sweepId, home.stores.sweeps);
    if (end.kind === "completed") return await answer(after, home, console);
    console.warn(
      `${end.kind === "cancelled" ? "Cancelled" : "Stopped"}. Go on with: ${console.hint(`backstitch sweep resume ${sweepId}`)}`,
    );
    const document = await documentOf(after, home);
    console.answer(document, `Sweep ${sweepId} is ${after.status}; what is done is kept.`);
    return 130;
  } finally {
    progress.end();
    signals.release();
  }
}

async function answer(sweep: SweepRecord, home: LocalHome, console: Console): Promise<ExitCode> {
  const document = await documentOf(sweep, home);
  console.answer(document, sweepText(document));
  return sweep.status === "failed" ? 1 : 0;
}

/** On one's own machine nothing is paid for. */
export function documentOf(sweep: SweepRecord, { stores }: LocalHome): Promise<SweepDocument> {
  return sweepDocument(sweep, { dollars: 0 }, stores.objects);
}

import { availableParallelism } from "node:os";
import type { Remote } from "../../cloud/remote.ts";
import { runSweep } from "../../local/run-sweep.ts";
import { type SweepDocument, sweepDocument } from "../../report/sweep-document.ts";
import { createSweep } from "../../sweep/create-sweep.ts";
import { findSweep } from "../../sweep/find-sweep.ts";
import { sweepWarnings } from "../../sweep/sweep-models.ts";
import type { SweepSpec } from "../../sweep/sweep-spec.ts";
import type { SweepRecord } from "../../sweep/sweep-store.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import type { LocalHome } from "../local-home.ts";
import { atPlace, PlaceError } from "../place.ts";
import { parseChanges } from "../set-fields.ts";
import { readSweepFile } from "../spec-file.ts";
import { stopOnSignal } from "../stop-on-signal.ts";
import { openSweepProgress } from "./progress.ts";
import { tellAnswer, tellStopped } from "./tell-sweep.ts";

export type SweepFlags = CloudFlags & {
  readonly workers?: number;
  readonly maxLanes?: number;
  readonly set?: readonly string[];
};

/** `sweep`: answers a sweep from what exists, goes on with what was begun, or computes it. */
export async function sweepSpec(file: string, flags: SweepFlags, console: Console): Promise<ExitCode> {
  const limit = flags.maxLanes === undefined ? [] : [{ path: ["maxLanes"], value: flags.maxLanes }];
  const spec = readSweepFile(file, [...parseChanges(flags.set), ...limit]);
  return atPlace<ExitCode>(flags, {
    local: async (home) => {
      const { sweep, isNew } = await createSweep(spec, Date.now(), home.stores);
      for (const warning of await sweepWarnings(sweep, home.stores)) console.warn(warning);
      if (isEnded(sweep)) return tellAnswer(await documentOf(sweep, home), console);
      console.note(startText(sweep.sweepId, isNew));
      return computeSweep(sweep, flags, home, console);
    },
    cloud: (remote) => sweepThere(spec, flags, remote, console),
  });
}

/** `sweep resume`: goes on from what is done. */
export async function resumeSweep(reference: string, flags: SweepFlags, console: Console): Promise<ExitCode> {
  return atPlace<ExitCode>(flags, {
    local: async (home) => {
      const sweep = await findSweep(reference, home.stores.sweeps);
      return sweep.status === "completed"
        ? tellAnswer(await documentOf(sweep, home), console)
        : computeSweep(sweep, flags, home, console);
    },
    cloud: (remote) => resumeThere(reference, flags, remote, console),
  });
}

/** Throws PlaceError: how many compute on the other side is not for the command to say. */
export function assertNoWorkers({ workers }: SweepFlags): void {
  if (workers !== undefined)
    throw new PlaceError(
      "--workers: the threads are those of this machine, found --cloud beside it. Leave --workers out.",
    );
}

async function sweepThere(spec: SweepSpec, flags: SweepFlags, remote: Remote, console: Console): Promise<ExitCode> {
  const { cloudSweepSpec } = await import("../cloud/cloud-spec.ts");
  const { tellSweep, watchSweep } = await import("../cloud/watch-sweep.ts");
  assertNoWorkers(flags);
  const { sweeps, strategies } = remote;
  const { sweepId, answeredFrom, note, warnings = [] } = await sweeps.start(await cloudSweepSpec(spec, strategies));
  for (const warning of warnings) console.warn(warning);
  if (answeredFrom === "existing") return tellSweep(await sweeps.get(sweepId), console);
  const start = startText(sweepId, answeredFrom === "new");
  return watchSweep(sweepId, sweeps, note === null ? [start] : [start, note], console);
}

/** One that somebody works on already is watched. */
async function resumeThere(
  reference: string,
  flags: SweepFlags,
  { sweeps }: Remote,
  console: Console,
): Promise<ExitCode> {
  const { tellSweep, watchSweep } = await import("../cloud/watch-sweep.ts");
  assertNoWorkers(flags);
  const { sweepId, status } = await sweeps.summary(reference);
  if (status === "completed") return tellSweep(await sweeps.get(sweepId), console);
  const isUnderWay = status === "running" || status === "cancelling";
  const note = isUnderWay ? null : (await sweeps.resume(sweepId)).note;
  return watchSweep(sweepId, sweeps, note === null ? [] : [note], console);
}

function startText(sweepId: string, isNew: boolean): string {
  return `${isNew ? "Sweep" : "Going on with sweep"} ${sweepId}`;
}

/** A partial sweep has its answer; `resume` tries what failed again. */
function isEnded({ status }: SweepRecord): boolean {
  return status === "completed" || status === "partial";
}

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
      onProgress: (now) => progress.show(now),
      stop: signals.stop,
    });
    progress.end();
    const after = await findSweep(sweepId, home.stores.sweeps);
    if (end.kind === "completed") return tellAnswer(await documentOf(after, home), console);
    return tellStopped(await documentOf(after, home), end.kind === "cancelled" ? "Cancelled" : "Stopped", console);
  } finally {
    progress.end();
    signals.release();
  }
}

/** On one's own machine nothing is paid for. */
export function documentOf(sweep: SweepRecord, { stores }: LocalHome): Promise<SweepDocument> {
  return sweepDocument(sweep, { dollars: 0 }, stores);
}

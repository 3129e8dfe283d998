import { findRun, UnknownRunError } from "../run/find-run.ts";
import type { RunRecord, RunStore } from "../run/run-store.ts";
import { findSweep, UnknownSweepError } from "../sweep/find-sweep.ts";
import type { SweepStores } from "../sweep/open-sweep.ts";
import type { SweepRecord, SweepStore } from "../sweep/sweep-store.ts";

/** What a person may name where runs and sweeps are alike. */
export type RunOrSweep =
  | { readonly kind: "run"; readonly run: RunRecord }
  | { readonly kind: "sweep"; readonly sweep: SweepRecord };

/** The run or the sweep that a person names; "latest" is the newer of the newest of both, and a run that is part of a sweep stands for it. Throws UnknownRunError. */
export async function findRunOrSweep(
  reference: string,
  { runs, sweeps }: Pick<SweepStores, "runs" | "sweeps">,
): Promise<RunOrSweep> {
  if (reference === "latest") return newest(runs, sweeps);
  const exact = await runs.getRun(reference);
  if (exact !== undefined) return { kind: "run", run: exact };
  try {
    return { kind: "sweep", sweep: await findSweep(reference, sweeps) };
  } catch (noSweep) {
    if (!(noSweep instanceof UnknownSweepError)) throw noSweep;
    return { kind: "run", run: await runOrNeither(reference, runs, noSweep) };
  }
}

async function newest(runs: RunStore, sweeps: SweepStore): Promise<RunOrSweep> {
  const [sweep] = (await sweeps.listSweeps({}, 1)).items;
  if (sweep === undefined) return { kind: "run", run: await findRun("latest", runs) };
  const [run] = (await runs.listRuns({}, 1)).items;
  const isRun = run !== undefined && run.sweepId === undefined && run.createdAtMs > sweep.createdAtMs;
  return isRun ? { kind: "run", run } : { kind: "sweep", sweep };
}

/** Who mistypes the id of a sweep is told of sweeps too, where there are some. */
async function runOrNeither(reference: string, runs: RunStore, noSweep: UnknownSweepError): Promise<RunRecord> {
  try {
    return await findRun(reference, runs);
  } catch (noRun) {
    if (!(noRun instanceof UnknownRunError) || noSweep.message.includes("there are no sweeps yet")) throw noRun;
    throw new UnknownRunError(`${noRun.message}\n${noSweep.message}`, { cause: noRun });
  }
}

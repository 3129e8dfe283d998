import type { SweepStores } from "../sweep/open-sweep.ts";
import type { SweepRecord } from "../sweep/sweep-store.ts";
import { type Experiment, ExperimentError, runExperiment, sweepExperiment } from "./experiment.ts";
import { exportSource, exportTable } from "./export-tables.ts";
import { findRunOrSweep } from "./find-run-or-sweep.ts";
import { runDetails } from "./run-details.ts";
import type { RunHome } from "./run-document.ts";
import { storedStitchedTable } from "./stitched-tables.ts";
import { loadResult } from "./sweep-document.ts";

/** What a person compares: a run or a sweep by its id or the beginning of one, and of a run which of its lanes. */
export type ExperimentReference = { readonly id: string; readonly lane: number | undefined };

/** RUN or RUN:LANE. */
export function parseExperimentReference(text: string): ExperimentReference {
  const [, id = text, lane] = /^(.+):(\d+)$/.exec(text) ?? [];
  return { id, lane: lane === undefined ? undefined : Number(lane) };
}

/** The experiment in these stores. Throws UnknownRunError, and ExperimentError for what is not completed or a lane that does not exist. */
export async function findExperiment({ id, lane }: ExperimentReference, home: SweepHome): Promise<Experiment> {
  const found = await findRunOrSweep(id, home.stores);
  if (found.kind === "sweep") return storedSweep(found.sweep, lane, home.stores);
  const { run } = found;
  return runExperiment(await runDetails(run, home), lane, async (chosen) =>
    exportTable("equity", await exportSource(run, [chosen], home.stores)),
  );
}

/** A place with sweeps. */
type SweepHome = RunHome & { readonly stores: SweepStores };

async function storedSweep(sweep: SweepRecord, lane: number | undefined, stores: SweepStores): Promise<Experiment> {
  const { sweepId, resultDigest = null } = sweep;
  if (lane !== undefined)
    throw new ExperimentError(
      `${sweepId}:${lane}: a sweep is compared as a whole. For one lane, name the run of a winner: backstitch sweep show ${sweepId}`,
    );
  const { best = null, stitched = null } = (await loadResult(sweep, stores.objects)) ?? {};
  return sweepExperiment({ ...sweep, resultDigest, best, stitched }, () =>
    storedStitchedTable("equity", sweep, stores),
  );
}

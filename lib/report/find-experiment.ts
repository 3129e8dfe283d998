import { findRun } from "../run/find-run.ts";
import { type Experiment, runExperiment } from "./experiment.ts";
import { exportSource, exportTable } from "./export-tables.ts";
import { runDetails } from "./run-details.ts";
import type { RunHome } from "./run-document.ts";

/** What a person compares: a run by its id or the beginning of one, and which of its lanes. */
export type ExperimentReference = { readonly id: string; readonly lane: number | undefined };

/** RUN or RUN:LANE. */
export function parseExperimentReference(text: string): ExperimentReference {
  const [, id = text, lane] = /^(.+):(\d+)$/.exec(text) ?? [];
  return { id, lane: lane === undefined ? undefined : Number(lane) };
}

/** The experiment in these stores. Throws UnknownRunError, and ExperimentError for a run that is not completed or a lane that it does not have. */
export async function findExperiment({ id, lane }: ExperimentReference, home: RunHome): Promise<Experiment> {
  const run = await findRun(id, home.stores.runs);
  return runExperiment(await runDetails(run, home), lane, async (chosen) =>
    exportTable("equity", await exportSource(run, [chosen], home.stores)),
  );
}

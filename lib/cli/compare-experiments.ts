import type { Remote } from "../cloud/remote.ts";
import { type Experiment, runExperiment } from "../report/experiment.ts";
import { exportSource, exportTable } from "../report/export-tables.ts";
import { runDetails } from "../report/run-details.ts";
import { findRun } from "../run/find-run.ts";
import type { CloudFlags } from "./cloud-flags.ts";
import type { LocalHome } from "./local-home.ts";
import { atPlace } from "./place.ts";

/** Opens the experiments that a person names, RUN or RUN:LANE, and works on them while their stores are open. */
export function withExperiments<const Answer>(
  references: readonly string[],
  flags: CloudFlags,
  work: (experiments: readonly Experiment[]) => Promise<Answer>,
): Promise<Answer> {
  return atPlace(flags, {
    local: async (home) => work(await Promise.all(references.map((reference) => localExperiment(reference, home)))),
    cloud: async (remote) =>
      work(await Promise.all(references.map((reference) => remoteExperiment(reference, remote)))),
  });
}

async function localExperiment(reference: string, home: LocalHome): Promise<Experiment> {
  const { id, lane } = parseReference(reference);
  const run = await findRun(id, home.stores.runs);
  return runExperiment(await runDetails(run, home), lane, async (chosen) =>
    exportTable("equity", await exportSource(run, [chosen], home.stores)),
  );
}

async function remoteExperiment(reference: string, { runs }: Remote): Promise<Experiment> {
  const { id, lane } = parseReference(reference);
  const run = await runs.get(id);
  return runExperiment(run, lane, async (chosen) => runs.table(run.runId, "equity", [chosen], run.lanes.length));
}

function parseReference(reference: string): { readonly id: string; readonly lane: number | undefined } {
  const [, id = reference, lane] = /^(.+):(\d+)$/.exec(reference) ?? [];
  return { id, lane: lane === undefined ? undefined : Number(lane) };
}

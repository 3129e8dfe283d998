import type { Remote } from "../cloud/remote.ts";
import { type Experiment, runExperiment } from "../report/experiment.ts";
import { findExperiment, parseExperimentReference } from "../report/find-experiment.ts";
import type { CloudFlags } from "./cloud-flags.ts";
import { atPlace } from "./place.ts";

/** Opens the experiments that a person names, RUN or RUN:LANE, and works on them while their stores are open. */
export function withExperiments<const Answer>(
  references: readonly string[],
  flags: CloudFlags,
  work: (experiments: readonly Experiment[]) => Promise<Answer>,
): Promise<Answer> {
  return atPlace(flags, {
    local: async (home) =>
      work(await Promise.all(references.map((reference) => findExperiment(parseExperimentReference(reference), home)))),
    cloud: async (remote) =>
      work(await Promise.all(references.map((reference) => remoteExperiment(reference, remote)))),
  });
}

async function remoteExperiment(reference: string, { runs }: Remote): Promise<Experiment> {
  const { id, lane } = parseExperimentReference(reference);
  const run = await runs.get(id);
  return runExperiment(run, lane, async (chosen) => runs.table(run.runId, "equity", [chosen], run.lanes.length));
}

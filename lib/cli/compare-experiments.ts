import type { Remote } from "../cloud/remote.ts";
import { type Experiment, ExperimentError, runExperiment, sweepExperiment } from "../report/experiment.ts";
import { findExperiment, parseExperimentReference } from "../report/find-experiment.ts";
import type { SweepDocument } from "../report/sweep-document.ts";
import type { CloudFlags } from "./cloud-flags.ts";
import { findRemote } from "./find-remote.ts";
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

async function remoteExperiment(reference: string, remote: Remote): Promise<Experiment> {
  const { id, lane } = parseExperimentReference(reference);
  const { runs } = remote;
  const found = await findRemote(id, remote);
  if (found.kind === "sweep") return remoteSweep(found.sweep, lane, remote);
  const { run } = found;
  return runExperiment(run, lane, async (chosen) => runs.table(run.runId, "equity", [chosen], run.lanes.length));
}

function remoteSweep(sweep: SweepDocument, lane: number | undefined, { sweeps }: Remote): Experiment {
  const { sweepId } = sweep;
  if (lane !== undefined)
    throw new ExperimentError(
      `${sweepId}:${lane}: a sweep is compared as a whole. For one lane, name the run of a winner: backstitch sweep show ${sweepId}`,
    );
  return sweepExperiment(sweep, () => sweeps.stitched(sweepId, "equity"));
}

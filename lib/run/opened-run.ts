import type { Program } from "../engine/simulation.ts";
import type { ObjectStore } from "../market/object-store.ts";
import { onlyInstrument, openSnapshot, type Snapshot } from "../market/open-snapshot.ts";
import type { SnapshotCatalog } from "../market/snapshot-catalog.ts";
import { type LoadedStrategy, loadStrategyFile, namedStrategy } from "../strategies/load-strategy.ts";
import { parseSpec, SpecError } from "./parse-spec.ts";
import { compileProgram, specDigest } from "./program.ts";
import { loadModels } from "./run-models.ts";
import type { RunRecord, RunStore } from "./run-store.ts";
import type { Spec } from "./spec.ts";

/** Everything that runs read and write. */
export type RunStores = { readonly objects: ObjectStore; readonly runs: RunStore; readonly snapshots: SnapshotCatalog };

/** A stored run made ready to compute: its spec, its data opened, its lanes compiled. */
export type OpenedRun = {
  readonly run: RunRecord;
  readonly spec: Spec;
  readonly snapshot: Snapshot;
  readonly program: Program;
};

/** The strategy's code is not what the run was started with. */
export class StrategyChangedError extends SpecError {
  override readonly name: string = "StrategyChangedError";
}

/** The run with everything it needs. Throws StrategyChangedError when its strategy's code has changed since it was started. */
export async function openRun(run: RunRecord, stores: RunStores): Promise<OpenedRun> {
  const spec = parseSpec(run.spec, `The stored spec of run "${run.runId}"`);
  const loaded = await loadStrategy(spec);
  const digest = specDigest(spec, loaded.digest);
  if (digest !== run.specDigest) {
    throw new StrategyChangedError(
      `Run "${run.runId}" was started with spec digest ${run.specDigest}, the strategy's code now gives ${digest}: going on would mix two strategies. Restore the code, or fork the run from a checkpoint: backstitch checkpoints fork ${run.headCheckpointId?.slice(0, 12) ?? "ID"}.`,
    );
  }
  const manifest = await stores.snapshots.get(run.snapshotId);
  if (manifest === undefined) {
    throw new SpecError(
      `Run "${run.runId}" needs snapshot ${run.snapshotId}, which is not here any more. Import the same files again: the id is that of their content.`,
    );
  }
  const { timeframe, lot } = onlyInstrument(manifest);
  await loadModels(spec, loaded.strategy, timeframe, stores.objects);
  const program = compileProgram(spec, loaded.strategy, { timeframe, startBar: run.startBar, lot });
  return { run, spec, snapshot: openSnapshot(manifest, stores.objects), program };
}

/** The strategy that a spec names. Files are absolute in a stored spec. */
export function loadStrategy(spec: Spec): Promise<LoadedStrategy> {
  const { name, file } = spec.strategy;
  return file === undefined ? Promise.resolve(namedStrategy(name ?? "")) : loadStrategyFile(file);
}

import type { Strategy } from "../engine/strategy.ts";
import { findSnapshot } from "../market/find-snapshot.ts";
import { onlyInstrument, openSnapshot, type Snapshot } from "../market/open-snapshot.ts";
import { loadStrategy, type RunStores } from "../run/opened-run.ts";
import { resolveWindow } from "../run/window.ts";
import { planSweep, type SweepPlan } from "./plan-sweep.ts";
import { loadSweepModels, resolveSweepModels } from "./sweep-models.ts";
import type { SweepSpec } from "./sweep-spec.ts";
import type { SweepStore } from "./sweep-store.ts";
import type { BarRange } from "./windows.ts";

/** Everything that sweeps read and write. */
export type SweepStores = RunStores & { readonly sweeps: SweepStore };

/** A sweep's spec made ready: data opened, strategy loaded, windows cut, points chosen. Follows from the spec alone. */
export type OpenedSweep = {
  readonly spec: SweepSpec;
  readonly strategy: Strategy;
  readonly strategyDigest: string;
  readonly snapshot: Snapshot;
  readonly bars: BarRange;
  /** Open time of every bar from the snapshot's first to the sweep's last. */
  readonly openTimeMs: Float64Array;
  readonly plan: SweepPlan;
  /** Bars wanted before each window. */
  readonly warmup: number;
};

/** Opens a sweep's spec. Throws SweepSpecError, SpecError and the others of a run's plan for what is wrong with it. */
export async function openSweep(written: SweepSpec, stores: RunStores): Promise<OpenedSweep> {
  const manifest = await findSnapshot(written.base.data.snapshot, stores.snapshots);
  const loaded = await loadStrategy(written.base);
  const resolved = await resolveSweepModels(written, loaded.strategy, stores.objects);
  const { base } = resolved;
  const snapshot = openSnapshot(manifest, stores.objects);
  const bars = await resolveWindow(base.data, snapshot);
  await loadSweepModels(resolved, loaded.strategy, onlyInstrument(manifest).timeframe, stores.objects);
  const openTimeMs = await openTimesUpTo(bars.endBar, snapshot);
  const spec = { ...resolved, base: { ...base, data: { ...base.data, snapshot: manifest.snapshotId } } };
  const plan = planSweep(
    spec,
    loaded.strategy,
    { startBar: bars.startBar, openTimeMs: openTimeMs.subarray(bars.startBar) },
    wholeWindows,
  );
  const warmup = spec.windows.kind === "none" ? 0 : spec.windows.warmup;
  return { spec, strategy: loaded.strategy, strategyDigest: loaded.digest, snapshot, bars, openTimeMs, plan, warmup };
}

/** The expansion packs lanes by itself, for it leaves out those that exist. */
const wholeWindows = { laneBarsPerSecond: 1e15, targetSeconds: 1, mostLanes: 10_000_000 };

async function openTimesUpTo(endBar: number, snapshot: Snapshot): Promise<Float64Array> {
  const times = new Float64Array(endBar);
  const { chunkBars } = snapshot.manifest;
  for (let from = 0; from < endBar; from += chunkBars) {
    const to = Math.min(endBar, from + chunkBars);
    times.set((await snapshot.read(from, to)).openTimeMs, from);
  }
  return times;
}

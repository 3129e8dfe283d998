import { openSnapshot } from "../market/open-snapshot.ts";
import { trainingOverlap } from "../models/bound-model.ts";
import type { BundleMetadata } from "../models/bundle-metadata.ts";
import { loadMetadata } from "../models/stored-bundle.ts";
import { modelBlobs } from "./model-catalog.ts";
import type { RunStores } from "./opened-run.ts";
import type { Spec } from "./spec.ts";

/** A model that a run asks, what it was trained on, and which part of the run's decisions lies in that range: null where none does. */
export type RunModel = {
  readonly modelId: string;
  readonly name: string;
  readonly version: string;
  readonly training: BundleMetadata["training"];
  /** UTC milliseconds of open times, both ends included. */
  readonly inSample: { readonly fromMs: number; readonly toMs: number } | null;
};

/** What of a run or its plan says which models it asks over which bars. */
export type ModelWindow = {
  readonly spec: Spec;
  readonly snapshotId: string;
  readonly startBar: number;
  readonly endBar: number;
};

type ModelStores = Pick<RunStores, "objects" | "snapshots">;

/** The models that a resolved spec refers to; those that are not stored any more are left out. */
export async function modelsOfRun(window: ModelWindow, stores: ModelStores): Promise<readonly RunModel[]> {
  const ids = [];
  for (const id of hashesIn(window.spec.strategy)) if (await stores.objects.has("models", id)) ids.push(id);
  if (ids.length === 0) return [];
  const times = await decidedTimes(window, stores);
  return Promise.all(
    ids.map(async (modelId) => {
      const metadata = await loadMetadata(modelId, modelBlobs(stores.objects));
      const { name, version, training } = metadata;
      const inSample = times === undefined ? null : (trainingOverlap(metadata, times) ?? null);
      return { modelId, name, version, training, inSample };
    }),
  );
}

/** Whatever in a spec may be a model's id, which is the hash of its manifest. */
export function hashesIn(part: unknown): ReadonlySet<string> {
  return new Set(JSON.stringify(part).match(/\b[0-9a-f]{64}\b/g));
}

/** What a person must know before the result of a run: one line for each model that is asked about what it was trained on. */
export function inSampleWarnings(models: readonly RunModel[], who = "this run"): readonly string[] {
  return models.flatMap(({ name, training, inSample }) =>
    inSample === null
      ? []
      : [
          `IN-SAMPLE: model "${name}" was trained on ${training.from} to ${training.to}, and ${who} asks it about ${dayOf(inSample.fromMs)} to ${dayOf(inSample.toMs)} of that. What it gains there says nothing about new data.`,
        ],
  );
}

/** Open times of the first and the last bar on which something may be decided; undefined where the snapshot is gone, or there is none. */
async function decidedTimes({ spec, snapshotId, startBar, endBar }: ModelWindow, stores: ModelStores) {
  const manifest = await stores.snapshots.get(snapshotId);
  const from = startBar + spec.data.warmupBars;
  if (manifest === undefined || from >= endBar) return undefined;
  const snapshot = openSnapshot(manifest, stores.objects);
  const [first, last] = [await snapshot.read(from, from + 1), await snapshot.read(endBar - 1, endBar)];
  return { fromMs: first.openTimeMs[0], toMs: last.openTimeMs[0] };
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

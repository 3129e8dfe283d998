import { type ObjectKind, type ObjectStore, objectKinds } from "../market/object-store.ts";
import { bundleFileHashes } from "../models/stored-bundle.ts";
import { loadResult } from "./finish.ts";
import { listModels, modelBlobs } from "./model-catalog.ts";
import { hashesIn } from "./models-of-run.ts";
import type { RunStores } from "./opened-run.ts";
import { isUnderWay } from "./run-status.ts";
import type { RunRecord, RunStore } from "./run-store.ts";

/** Removes a run's checkpoints before its newest `keep`: a worker that died between a commit and its removal left one. */
export async function pruneCheckpoints(runId: string, keep: number, runs: RunStore): Promise<void> {
  const checkpoints = await runs.listCheckpoints(runId);
  for (const { sequence } of checkpoints.slice(0, -keep)) await runs.removeCheckpoint(runId, sequence);
}

export type CleanupPolicy = {
  readonly keep: number;
  /** Checkpoints younger than this stay whatever `keep` says. */
  readonly olderThanMs: number;
  readonly nowMs: number;
  readonly dryRun: boolean;
};

export type CleanupReport = {
  readonly checkpoints: readonly { readonly runId: string; readonly sequence: number; readonly checkpointId: string }[];
  readonly objects: readonly { readonly kind: ObjectKind; readonly hash: string; readonly sizeBytes: number }[];
  /** Where to go on when the time was over before all was done: at a page of runs, or once more at the first. */
  readonly next?: { readonly from?: string };
  /** Whether all objects were looked at; not when the time did not suffice to learn in one go what refers to them. */
  readonly isSwept: boolean;
};

/** How long to work, and where an earlier part of the same cleanup stopped. */
export type CleanupBound = { readonly from?: string | undefined; readonly isOver: () => boolean };

/**
 * What sweeps refer to (`sweepReferences`): these objects of kind "sweeps" stay, and those stored at this time or later, and these models. Without it all of that kind stay.
 */
export type KeptForSweeps = {
  readonly hashes: ReadonlySet<string>;
  readonly keptFromMs: number;
  readonly modelIds: ReadonlySet<string>;
};

/** Objects younger than this are never swept: a segment may have put them and not have committed yet. */
const orphanAgeMs = 3_600_000;

/**
 * Removes checkpoints beyond each run's newest `keep` that are older than the policy's age, then objects that nothing refers to. Head checkpoints, those that a fork
 * starts from, and all of a run under way stay. When the time is over, `next` tells where to go on; a part that did not begin at the first run sweeps nothing.
 */
export async function cleanUp(
  policy: CleanupPolicy,
  stores: RunStores,
  { from, isOver }: CleanupBound = { isOver: () => false },
  forSweeps?: (nowMs: number) => Promise<KeptForSweeps>,
): Promise<CleanupReport> {
  const checkpoints: CleanupReport["checkpoints"][number][] = [];
  const referenced = new Set<string>();
  const modelIds = new Set<string>();
  let cursor = from;
  do {
    const page = await stores.runs.listRuns({}, runsPerPage, cursor);
    for (const run of page.items) await cleanUpRun(run);
    cursor = page.next;
    if (cursor !== undefined && isOver()) return { checkpoints, objects: [], next: { from: cursor }, isSwept: false };
  } while (cursor !== undefined);
  if (from !== undefined) return { checkpoints, objects: [], isSwept: false };
  await referToChunks(referenced, stores);
  for (const { modelId } of await listModels(stores.objects)) modelIds.add(modelId);
  const kept = await forSweeps?.(policy.nowMs);
  for (const id of kept?.modelIds ?? []) modelIds.add(id);
  await referToModels(referenced, modelIds, stores.objects);
  for (const hash of kept?.hashes ?? []) referenced.add(`sweeps/${hash}`);
  const keptFromMs = kept?.keptFromMs ?? Number.NEGATIVE_INFINITY;
  const { objects, isWhole } = await sweep(referenced, policy, stores, { isOver, keptFromMs });
  // What was removed makes the next try shorter; one that removed nothing would only be repeated.
  const isWorthwhile = !isWhole && objects.length > 0 && !policy.dryRun;
  return { checkpoints, objects, ...(isWorthwhile ? { next: {} } : {}), isSwept: isWhole };

  /** Removes what the run needs no more, and notes what it refers to. */
  async function cleanUpRun(run: RunRecord): Promise<void> {
    const kept = await stores.runs.listCheckpoints(run.runId);
    for (const [fromNewest, checkpoint] of [...kept].reverse().entries()) {
      const { runId, sequence, checkpointId, createdAtMs } = checkpoint;
      const isOld = policy.nowMs - createdAtMs >= policy.olderThanMs;
      if (fromNewest >= policy.keep && isOld && !isUnderWay(run) && sequence !== run.headSequence) {
        if (policy.dryRun || (await stores.runs.removeCheckpoint(runId, sequence))) {
          checkpoints.push({ runId, sequence, checkpointId });
          continue;
        }
      }
      if (checkpoint.stateHash !== undefined) referenced.add(`states/${checkpoint.stateHash}`);
    }
    for (const segment of await stores.runs.listSegments(run.runId))
      for (const part of segment.parts) referenced.add(`parts/${part.hash}`);
    if (run.resultHash !== undefined) referenced.add(`results/${run.resultHash}`);
    for (const id of hashesIn(run.spec)) modelIds.add(id);
    for (const part of (await loadResult(run, stores))?.closingParts ?? []) referenced.add(`parts/${part.hash}`);
  }
}

const runsPerPage = 100;

async function sweep(
  referenced: ReadonlySet<string>,
  policy: CleanupPolicy,
  stores: RunStores,
  { isOver, keptFromMs }: { readonly isOver: () => boolean; readonly keptFromMs: number },
): Promise<{ readonly objects: CleanupReport["objects"]; readonly isWhole: boolean }> {
  const swept: CleanupReport["objects"][number][] = [];
  for (const kind of objectKinds) {
    // Names are kept for good.
    if (kind === "model-names") continue;
    for await (const { hash, sizeBytes, storedAtMs } of stores.objects.list(kind)) {
      if (isOver()) return { objects: swept, isWhole: false };
      if (referenced.has(`${kind}/${hash}`) || policy.nowMs - storedAtMs < orphanAgeMs) continue;
      // A clock that is behind by less than an hour does no harm.
      if (kind === "sweeps" && storedAtMs + orphanAgeMs >= keptFromMs) continue;
      if (!policy.dryRun) await stores.objects.remove(kind, hash);
      swept.push({ kind, hash, sizeBytes });
    }
  }
  return { objects: swept, isWhole: true };
}

/** Every snapshot that a name ever meant keeps its chunks. */
async function referToChunks(referenced: Set<string>, stores: RunStores): Promise<void> {
  for (const { name } of await stores.snapshots.list()) {
    for (const { snapshotId } of await stores.snapshots.history(name)) {
      const manifest = await stores.snapshots.get(snapshotId);
      for (const instrument of manifest?.instruments ?? [])
        for (const chunk of instrument.chunks) referenced.add(`chunks/${chunk.hash}`);
    }
  }
}

/** A model stays while a name means it or a run refers to it: a stored spec names models by the hashes of their manifests. */
async function referToModels(
  referenced: Set<string>,
  modelIds: ReadonlySet<string>,
  objects: ObjectStore,
): Promise<void> {
  for (const id of modelIds) {
    if (!(await objects.has("models", id))) continue;
    referenced.add(`models/${id}`);
    for (const hash of await bundleFileHashes(id, modelBlobs(objects))) referenced.add(`models/${hash}`);
  }
}

/** Every run, newest first, a page at a time. */
export async function* allRuns(runs: RunStore): AsyncGenerator<RunRecord> {
  let cursor: string | undefined;
  do {
    const page = await runs.listRuns({}, runsPerPage, cursor);
    yield* page.items;
    cursor = page.next;
  } while (cursor !== undefined);
}

import { MissingObjectError, type ObjectStore } from "../market/object-store.ts";
import type { LaneResult, RunResult } from "../run/result.ts";
import type { RunRecord } from "../run/run-store.ts";
import { laneKey } from "./lane-family.ts";
import type { SweepStores } from "./open-sweep.ts";

/** The lanes of a family that exist, by their keys. A result that is gone counts as never computed. */
export async function loadFamily(
  family: string,
  stores: Pick<SweepStores, "sweeps" | "objects">,
): Promise<ReadonlyMap<string, LaneResult>> {
  const lanes = new Map<string, LaneResult>();
  const hashes = [...(await stores.sweeps.lanesOf(family))].sort();
  for (let from = 0; from < hashes.length; from += readsAtOnce) {
    const some = hashes.slice(from, from + readsAtOnce);
    for (const result of await Promise.all(some.map((hash) => loadResultObject(hash, stores.objects))))
      for (const lane of result?.lanes ?? []) lanes.set(laneKey(lane.params), lane);
  }
  return lanes;
}

/** Every round of an optimiser leaves a result in its window's family. */
const readsAtOnce = 16;

/** A run's result by its hash; undefined when it is gone. */
export async function loadResultObject(hash: string, objects: ObjectStore): Promise<RunResult | undefined> {
  try {
    return JSON.parse(new TextDecoder().decode(await objects.get("results", hash))) as RunResult;
  } catch (error) {
    if (error instanceof MissingObjectError) return undefined;
    throw error;
  }
}

/** Remembers the lanes of a completed item, so that no sweep computes them again. Repeating it changes nothing. */
export async function finishItem(
  run: Pick<RunRecord, "resultHash">,
  family: string,
  stores: Pick<SweepStores, "sweeps">,
): Promise<void> {
  if (run.resultHash !== undefined) await stores.sweeps.addLanes(family, run.resultHash);
}

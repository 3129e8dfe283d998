import { MissingObjectError } from "../market/object-store.ts";
import { hashesIn } from "../run/models-of-run.ts";
import type { SweepStores } from "./open-sweep.ts";
import { getDocument } from "./sweep-objects.ts";
import type { SweepResult } from "./sweep-result.ts";
import type { SweepRecord } from "./sweep-store.ts";

/** The objects of kind "sweeps" that must stay: these, and whatever was stored at this time or later, for a sweep under way has not named all of its own yet. */
export type SweepReferences = {
  readonly hashes: ReadonlySet<string>;
  readonly keptFromMs: number;
  /** What in their specs may be a model's id: a sweep that goes on asks its models again. */
  readonly modelIds: ReadonlySet<string>;
};

const sweepsPerPage = 100;
/** So long a failed execution can be redriven, and then reads its list of items again. */
const redriveMs = 14 * 86_400_000;

/** Looks at every sweep and its result for what they refer to. */
export async function sweepReferences(
  nowMs: number,
  { sweeps, objects }: Pick<SweepStores, "sweeps" | "objects">,
): Promise<SweepReferences> {
  const hashes = new Set<string>();
  const modelIds = new Set<string>();
  let keptFromMs = Number.POSITIVE_INFINITY;
  let cursor: string | undefined;
  do {
    const page = await sweeps.listSweeps({}, sweepsPerPage, cursor);
    for (const sweep of page.items) {
      if (mayStoreMore(sweep, nowMs)) keptFromMs = Math.min(keptFromMs, sweep.createdAtMs);
      for (const hash of [sweep.planHash, sweep.winnersHash, sweep.resultHash])
        if (hash !== undefined) hashes.add(hash);
      for (const hash of await hashesInResult(sweep, objects)) hashes.add(hash);
      for (const id of hashesIn(sweep.spec)) modelIds.add(id);
    }
    cursor = page.next;
  } while (cursor !== undefined);
  return { hashes, keptFromMs, modelIds };
}

function mayStoreMore({ status, executionArn, updatedAtMs }: SweepRecord, nowMs: number): boolean {
  switch (status) {
    case "pending":
    case "running":
    case "cancelling":
      return true;
    case "failed":
    case "cancelled":
      return executionArn !== undefined && nowMs - updatedAtMs < redriveMs;
    case "completed":
    case "partial":
      return false;
  }
}

async function hashesInResult(
  { resultHash }: SweepRecord,
  objects: SweepStores["objects"],
): Promise<readonly string[]> {
  if (resultHash === undefined) return [];
  try {
    const { table, stitched } = await getDocument<SweepResult>(resultHash, objects);
    const curves = stitched === null ? [] : [stitched.equityHash, stitched.tradesHash];
    return [...table.map(({ hash }) => hash), ...curves];
  } catch (error) {
    if (error instanceof MissingObjectError) return [];
    throw error;
  }
}

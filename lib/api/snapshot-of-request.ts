import { BarsInputError } from "../market/bars-input-error.ts";
import { findSnapshot } from "../market/find-snapshot.ts";
import type { SnapshotCatalog } from "../market/snapshot-catalog.ts";
import type { SnapshotManifest } from "../market/snapshot-manifest.ts";
import { ProblemError } from "./problem.ts";

/** The snapshot that a path names. Throws ProblemError 404. */
export async function snapshotOf(name: string, snapshots: SnapshotCatalog): Promise<SnapshotManifest> {
  try {
    return await findSnapshot(name, snapshots);
  } catch (error) {
    if (error instanceof BarsInputError)
      throw new ProblemError(404, "unknown-snapshot", error.message, { cause: error });
    throw error;
  }
}

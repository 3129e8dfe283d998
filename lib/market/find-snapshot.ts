import { BarsInputError } from "./bars-input-error.ts";
import type { SnapshotCatalog } from "./snapshot-catalog.ts";
import type { SnapshotManifest } from "./snapshot-manifest.ts";

/** The snapshot that a person means by a name, an id or the beginning of one (6 hex digits or more); throws BarsInputError naming those that exist. */
export async function findSnapshot(reference: string, catalog: SnapshotCatalog): Promise<SnapshotManifest> {
  const newest = (await catalog.history(reference))[0];
  const ids =
    newest !== undefined
      ? [newest.snapshotId]
      : /^[0-9a-f]{6,64}$/.test(reference)
        ? await catalog.findIds(reference)
        : [];
  if (ids.length > 1) {
    throw new BarsInputError(
      `Snapshot "${reference}": the beginning of ${ids.length} ids (${ids
        .slice(0, 4)
        .map((id) => id.slice(0, 12))
        .join(", ")}). Give more digits.`,
    );
  }
  const manifest = ids[0] === undefined ? undefined : await catalog.get(ids[0]);
  if (manifest !== undefined) return manifest;
  const names = (await catalog.list()).map((entry) => entry.name);
  const known =
    names.length === 0
      ? "There are none yet: import one with `backstitch data import`."
      : `Known: ${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}.`;
  throw new BarsInputError(`Snapshot "${reference}": found none of this name or id. ${known}`);
}

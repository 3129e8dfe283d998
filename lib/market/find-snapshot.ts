import { BarsInputError } from "./bars-input-error.ts";
import type { SnapshotCatalog, SnapshotEntry } from "./snapshot-catalog.ts";
import type { SnapshotManifest } from "./snapshot-manifest.ts";

/**
 * The snapshot that a person means by a name, an id or the beginning of one (6 hex digits or more), or the symbol of the only one that has it; throws
 * BarsInputError naming those that exist.
 */
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
  const entries = await catalog.list();
  const bySymbol = await withSymbol(reference, entries, catalog);
  if (bySymbol !== undefined) return bySymbol;
  const names = entries.map((entry) => entry.name);
  const known =
    names.length === 0
      ? "There are none yet: import one with `backstitch data import`."
      : `Known: ${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}.`;
  throw new BarsInputError(`Snapshot "${reference}": found none of this name or id. ${known}`);
}

/** The one snapshot that a name means now and that holds this symbol, in whatever case; undefined when there are none or several. */
async function withSymbol(
  symbol: string,
  entries: readonly SnapshotEntry[],
  catalog: SnapshotCatalog,
): Promise<SnapshotManifest | undefined> {
  const manifests = await Promise.all(
    [...new Set(entries.map((entry) => entry.snapshotId))].map((id) => catalog.get(id)),
  );
  const wanted = symbol.toLowerCase();
  const [found, ...others] = manifests.filter((manifest) =>
    manifest?.instruments.some((instrument) => instrument.symbol.toLowerCase() === wanted),
  );
  return others.length === 0 ? found : undefined;
}

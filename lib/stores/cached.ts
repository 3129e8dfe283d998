import type { ObjectStore } from "../market/object-store.ts";
import type { SnapshotCatalog } from "../market/snapshot-catalog.ts";
import type { SnapshotManifest } from "../market/snapshot-manifest.ts";

/**
 * The store, with chunks of bars that were read kept in memory, `mostBytes` in all, those read last. A chunk never changes; one that was removed is found
 * until it is crowded out.
 */
export function cachedChunks(objects: ObjectStore, mostBytes: number): ObjectStore {
  const kept = new Map<string, Uint8Array>();
  let keptBytes = 0;
  return {
    ...objects,
    async get(kind, hash) {
      if (kind !== "chunks") return objects.get(kind, hash);
      // Only what has come is shared: a read that a frozen process left under way may never end.
      const bytes = kept.get(hash) ?? (await objects.get(kind, hash));
      if (kept.delete(hash)) keptBytes -= bytes.length;
      kept.set(hash, bytes);
      keptBytes += bytes.length;
      for (const [oldest, { length }] of kept) {
        if (keptBytes <= mostBytes) break;
        kept.delete(oldest);
        keptBytes -= length;
      }
      return bytes;
    },
  };
}

/** The catalog, with the manifests that were read last, `most` of them, kept in memory: a snapshot whose names were all removed is found until it is crowded out. */
export function cachedManifests(snapshots: SnapshotCatalog, most: number): SnapshotCatalog {
  const kept = new Map<string, SnapshotManifest>();
  return {
    ...snapshots,
    async get(snapshotId) {
      const manifest = kept.get(snapshotId) ?? (await snapshots.get(snapshotId));
      if (manifest === undefined) return undefined;
      kept.delete(snapshotId);
      kept.set(snapshotId, manifest);
      for (const oldest of [...kept.keys()].slice(0, -most)) kept.delete(oldest);
      return manifest;
    },
  };
}

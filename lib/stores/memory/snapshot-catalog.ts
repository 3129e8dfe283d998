import type { SnapshotCatalog, SnapshotEntry } from "../../market/snapshot-catalog.ts";
import { decodeManifest, encodeManifest } from "../../market/snapshot-manifest.ts";
import { parseIdPrefix } from "../id-prefix.ts";

/** Snapshots in this process's memory, kept as text. */
export function openMemorySnapshotCatalog(): SnapshotCatalog {
  const manifests = new Map<string, string>();
  /** By name, oldest first. */
  const histories = new Map<string, readonly SnapshotEntry[]>();
  return {
    async put({ name, recordedAtMs, manifest, replaces }) {
      const { snapshotId } = manifest;
      const history = histories.get(name) ?? [];
      const newestId = history.at(-1)?.snapshotId;
      if (newestId === snapshotId) return { kind: "alreadyStored" };
      if (replaces !== undefined && replaces !== newestId) return { kind: "superseded", newestId };
      if (!manifests.has(snapshotId)) manifests.set(snapshotId, encodeManifest(manifest));
      histories.set(name, [...history, { name, snapshotId, recordedAtMs }]);
      return { kind: "stored" };
    },
    async get(snapshotId) {
      const text = manifests.get(snapshotId);
      return text === undefined ? undefined : decodeManifest(text);
    },
    async history(name) {
      return (histories.get(name) ?? []).toReversed();
    },
    async list() {
      const names = [...histories.keys()].sort();
      return names.flatMap((name) => (histories.get(name) ?? []).slice(-1));
    },
    async findIds(idPrefix) {
      const prefix = parseIdPrefix(idPrefix);
      return [...manifests.keys()].filter((id) => id.startsWith(prefix)).sort();
    },
    async removeName(name) {
      const removed = histories.get(name);
      if (removed === undefined) return false;
      histories.delete(name);
      const mentioned = new Set([...histories.values()].flat().map((entry) => entry.snapshotId));
      for (const { snapshotId } of removed) {
        if (!mentioned.has(snapshotId)) manifests.delete(snapshotId);
      }
      return true;
    },
    async close() {},
  };
}

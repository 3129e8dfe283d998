import { createHash } from "node:crypto";
import type { SnapshotCatalog, SnapshotEntry } from "../../lib/market/snapshot-catalog.ts";
import { decodeManifest, encodeManifest } from "../../lib/market/snapshot-manifest.ts";
import { CorruptObjectError, MissingObjectError, type ObjectStore } from "../../lib/run/object-store.ts";

export type MapObjects = ObjectStore & { readonly bytes: Map<string, Uint8Array> };

export function mapObjects(): MapObjects {
  const bytes = new Map<string, Uint8Array>();
  const hashOf = (value: Uint8Array): string => createHash("sha256").update(value).digest("hex");
  return {
    bytes,
    put: async (kind, value) => {
      const hash = hashOf(value);
      bytes.set(`${kind}/${hash}`, value.slice());
      return hash;
    },
    get: async (kind, hash) => {
      const value = bytes.get(`${kind}/${hash}`);
      if (value === undefined) throw new MissingObjectError(kind, hash, "memory");
      if (hashOf(value) !== hash) throw new CorruptObjectError(kind, hash, hashOf(value), "memory");
      return value;
    },
    has: async (kind, hash) => bytes.has(`${kind}/${hash}`),
    list: async function* (kind) {
      for (const [key, value] of bytes) {
        if (key.startsWith(`${kind}/`))
          yield { hash: key.slice(kind.length + 1), sizeBytes: value.length, storedAtMs: 0 };
      }
    },
    remove: async (kind, hash) => {
      bytes.delete(`${kind}/${hash}`);
    },
  };
}

export function mapCatalog(): SnapshotCatalog {
  const manifests = new Map<string, string>();
  const names = new Map<string, SnapshotEntry[]>();
  return {
    put: async ({ name, recordedAtMs, manifest, replaces }) => {
      const history = names.get(name) ?? [];
      const newestId = history[0]?.snapshotId;
      const { snapshotId } = manifest;
      if (newestId === snapshotId) return { kind: "alreadyStored" };
      if (replaces !== undefined && replaces !== newestId) return { kind: "superseded", newestId };
      if (!manifests.has(snapshotId)) manifests.set(snapshotId, encodeManifest(manifest));
      names.set(name, [{ name, snapshotId, recordedAtMs }, ...history]);
      return { kind: "stored" };
    },
    get: async (id) => {
      const text = manifests.get(id);
      return text === undefined ? undefined : decodeManifest(text);
    },
    history: async (name) => names.get(name) ?? [],
    list: async () =>
      [...names.values()].flatMap((history) => history.slice(0, 1)).sort((a, b) => (a.name < b.name ? -1 : 1)),
    findIds: async (prefix) => [...manifests.keys()].filter((id) => id.startsWith(prefix)).sort(),
    removeName: async (name) => names.delete(name),
    close: async () => undefined,
  };
}

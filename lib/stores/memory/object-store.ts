import {
  CorruptObjectError,
  MissingObjectError,
  type ObjectKind,
  type ObjectStore,
} from "../../market/object-store.ts";
import { assertObjectHash, objectHash } from "../object-hash.ts";

type Held = { readonly bytes: Uint8Array; readonly storedAtMs: number };

/** Objects in this process's memory: copies, so that a caller's later change to its array changes nothing here. */
export function openMemoryObjectStore(): ObjectStore {
  const held = new Map<string, Held>();
  return {
    async put(kind, bytes) {
      const hash = objectHash(bytes);
      held.set(keyOf(kind, hash), { bytes: bytes.slice(), storedAtMs: Date.now() });
      return hash;
    },
    async get(kind, hash) {
      const found = held.get(keyOf(kind, hash));
      if (found === undefined) throw new MissingObjectError(kind, hash, "memory");
      const foundHash = objectHash(found.bytes);
      if (foundHash !== hash) throw new CorruptObjectError(kind, hash, foundHash, "memory");
      return new Uint8Array(found.bytes);
    },
    async has(kind, hash) {
      return held.has(keyOf(kind, hash));
    },
    async *list(kind) {
      for (const [key, { bytes, storedAtMs }] of [...held]) {
        if (key.startsWith(`${kind}/`)) {
          yield { hash: key.slice(kind.length + 1), sizeBytes: bytes.length, storedAtMs };
        }
      }
    },
    async remove(kind, hash) {
      held.delete(keyOf(kind, hash));
    },
  };
}

function keyOf(kind: ObjectKind, hash: string): string {
  assertObjectHash(hash);
  return `${kind}/${hash}`;
}

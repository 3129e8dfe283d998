import type { ObjectStore } from "../market/object-store.ts";
import { onlyInstrument, type Snapshot } from "../market/open-snapshot.ts";

/** Chunks of bars by hash, in memory that all threads of this process see: loaded and checked once. */
export type SharedChunks = ReadonlyMap<string, SharedArrayBuffer>;

/** Loads the chunks that hold the bars before `endBar`. */
export async function loadSharedChunks(
  snapshot: Snapshot,
  endBar: number,
  objects: ObjectStore,
): Promise<SharedChunks> {
  const shared = new Map<string, SharedArrayBuffer>();
  for (const { hash, startBar } of onlyInstrument(snapshot.manifest).chunks) {
    if (startBar >= endBar) break;
    const bytes = await objects.get("chunks", hash);
    const buffer = new SharedArrayBuffer(bytes.length);
    new Uint8Array(buffer).set(bytes);
    shared.set(hash, buffer);
  }
  return shared;
}

/** The store, with these chunks answered from memory. Columns are views on it, which nobody writes to. */
export function withSharedChunks(objects: ObjectStore, chunks: SharedChunks): ObjectStore {
  return {
    ...objects,
    get: (kind, hash) => {
      const buffer = kind === "chunks" ? chunks.get(hash) : undefined;
      return buffer === undefined ? objects.get(kind, hash) : Promise.resolve(new Uint8Array(buffer));
    },
  };
}

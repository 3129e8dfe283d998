import type { Stores } from "../stores.ts";
import { openMemoryObjectStore } from "./object-store.ts";
import { openMemoryRequestStore } from "./request-store.ts";
import { openMemoryRunStore } from "./run-store.ts";
import { openMemorySnapshotCatalog } from "./snapshot-catalog.ts";
import { openMemorySweepStore } from "./sweep-store.ts";

/** Stores that end with this process. */
export async function openMemoryStores(): Promise<Stores> {
  return {
    objects: openMemoryObjectStore(),
    runs: openMemoryRunStore(),
    snapshots: openMemorySnapshotCatalog(),
    requests: openMemoryRequestStore(),
    sweeps: openMemorySweepStore(),
    async close() {},
  };
}

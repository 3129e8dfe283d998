import type { ObjectStore } from "../market/object-store.ts";
import type { SnapshotCatalog } from "../market/snapshot-catalog.ts";
import type { RequestStore } from "../run/request-store.ts";
import type { RunStore } from "../run/run-store.ts";
import type { SweepStore } from "../sweep/sweep-store.ts";

/** Everything a run reads and writes; `close` closes all of them and may be called twice. */
export type Stores = {
  readonly objects: ObjectStore;
  readonly runs: RunStore;
  readonly snapshots: SnapshotCatalog;
  readonly requests: RequestStore;
  readonly sweeps: SweepStore;
  close(): Promise<void>;
};

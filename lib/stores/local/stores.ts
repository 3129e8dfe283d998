import { join, resolve } from "node:path";
import type { Stores } from "../stores.ts";
import type { Survives } from "./database.ts";
import { makeFolder } from "./folder.ts";
import { openLocalObjectStore } from "./object-store.ts";
import { openLocalRequestStore } from "./request-store.ts";
import { openLocalRunStore } from "./run-store.ts";
import { openLocalSnapshotCatalog } from "./snapshot-catalog.ts";
import { fileError } from "./storage-errors.ts";
import { openLocalSweepStore } from "./sweep-store.ts";

/**
 * Stores in this folder, made when absent: runs and snapshots in `backstitch.db`, objects as files under `objects/`. Several threads and
 * processes may have the same folder open. With `survives: "process"` runs and sweeps are not synced at each change, for whoever makes thousands of
 * small ones and can compute them again. Throws the errors of `storage-errors.ts`, and NewerSchemaError.
 */
export async function openLocalStores(homeFolder: string, survives: Survives = "power"): Promise<Stores> {
  const home = resolve(homeFolder);
  await makeHome(home);
  const objects = await openLocalObjectStore(join(home, "objects"));
  const database = join(home, "backstitch.db");
  const runs = await openLocalRunStore(database, survives);
  const snapshots = await openLocalSnapshotCatalog(database);
  const requests = await openLocalRequestStore(database);
  const sweeps = await openLocalSweepStore(database, survives);
  return {
    objects,
    runs,
    snapshots,
    requests,
    sweeps,
    async close() {
      await runs.close();
      await snapshots.close();
      await requests.close();
      await sweeps.close();
    },
  };
}

async function makeHome(home: string): Promise<void> {
  try {
    await makeFolder(home);
  } catch (error) {
    throw fileError(error, home);
  }
}

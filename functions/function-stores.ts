import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeClients } from "../lib/stores/aws/clients.ts";
import { openAwsStores } from "../lib/stores/aws/stores.ts";
import { cachedChunks, cachedManifests } from "../lib/stores/cached.ts";
import { cachedModels } from "../lib/stores/cached-models.ts";
import type { Stores } from "../lib/stores/stores.ts";
import { traced } from "./telemetry.ts";

/** The names of the resources behind the stores, as every function's environment has them. */
export type StoresEnv = { readonly DATA_BUCKET: string; readonly RUN_TABLE: string };

/** What a process keeps for its next invocations, which mostly go on in the same chunk: of 512 MB, the least that a function is given, an eighth. */
const kept = { chunkBytes: 64_000_000, manifests: 4 };

/** Where the files of models stay for the next process of this environment; the temporary folder of a function is its environment's own. */
const modelsFolder = join(tmpdir(), "backstitch-models");

/** The stores of a function, opened once for all its invocations. */
export async function functionStores({ RUN_TABLE: table, DATA_BUCKET: bucket }: StoresEnv): Promise<Stores> {
  const stores = openAwsStores({ ...(await traced(storeClients())), table, bucket });
  return {
    ...stores,
    objects: cachedModels(cachedChunks(stores.objects, kept.chunkBytes), modelsFolder),
    snapshots: cachedManifests(stores.snapshots, kept.manifests),
  };
}

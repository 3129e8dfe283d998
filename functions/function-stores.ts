import { openAwsStores } from "../lib/stores/aws/stores.ts";
import type { Stores } from "../lib/stores/stores.ts";
import { tracedClients } from "./telemetry.ts";

/** The names of the resources behind the stores, as every function's environment has them. */
export type StoresEnv = { readonly DATA_BUCKET: string; readonly RUN_TABLE: string };

/** The stores of a function, opened once for all its invocations. */
export async function functionStores({ RUN_TABLE: table, DATA_BUCKET: bucket }: StoresEnv): Promise<Stores> {
  return openAwsStores({ ...(await tracedClients()), table, bucket });
}

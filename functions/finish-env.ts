import { requiredVariables } from "./required-variables.ts";

/** What the function "finish" needs from its environment: names of resources. */
export type FinishEnv = { readonly DATA_BUCKET: string; readonly RUN_TABLE: string };

export function parseFinishEnv(env: NodeJS.ProcessEnv): FinishEnv {
  return requiredVariables("finish", ["DATA_BUCKET", "RUN_TABLE"], env);
}

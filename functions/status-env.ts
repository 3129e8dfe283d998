import { requiredVariables } from "./required-variables.ts";

/** What the function "status" needs from its environment: names of resources. */
export type StatusEnv = { readonly DATA_BUCKET: string; readonly RUN_TABLE: string };

export function parseStatusEnv(env: NodeJS.ProcessEnv): StatusEnv {
  return requiredVariables("status", ["DATA_BUCKET", "RUN_TABLE"], env);
}

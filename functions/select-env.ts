import { requiredVariables } from "./required-variables.ts";

/** What the function "select" needs from its environment: names of resources. */
export type SelectEnv = { readonly DATA_BUCKET: string; readonly RUN_TABLE: string };

export function parseSelectEnv(env: NodeJS.ProcessEnv): SelectEnv {
  return requiredVariables("select", ["DATA_BUCKET", "RUN_TABLE"], env);
}

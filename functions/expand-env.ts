import { requiredVariables } from "./required-variables.ts";

/** What the function "expand" needs from its environment: names of resources. */
export type ExpandEnv = { readonly DATA_BUCKET: string; readonly RUN_TABLE: string };

export function parseExpandEnv(env: NodeJS.ProcessEnv): ExpandEnv {
  return requiredVariables("expand", ["DATA_BUCKET", "RUN_TABLE"], env);
}

import { requiredVariables } from "./required-variables.ts";

/** What the function "stitch" needs from its environment: names of resources. */
export type StitchEnv = { readonly DATA_BUCKET: string; readonly RUN_TABLE: string };

export function parseStitchEnv(env: NodeJS.ProcessEnv): StitchEnv {
  return requiredVariables("stitch", ["DATA_BUCKET", "RUN_TABLE"], env);
}

import { requiredVariables } from "./required-variables.ts";

/** What the function "segment" needs from its environment: names of resources. */
export type SegmentEnv = { readonly DATA_BUCKET: string; readonly RUN_TABLE: string };

export function parseSegmentEnv(env: NodeJS.ProcessEnv): SegmentEnv {
  return requiredVariables("segment", ["DATA_BUCKET", "RUN_TABLE"], env);
}

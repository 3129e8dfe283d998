import { requiredVariables } from "./required-variables.ts";

/** What the function "plan" needs from its environment: names of resources. */
export type PlanEnv = { readonly DATA_BUCKET: string; readonly RUN_TABLE: string };

export function parsePlanEnv(env: NodeJS.ProcessEnv): PlanEnv {
  return requiredVariables("plan", ["DATA_BUCKET", "RUN_TABLE"], env);
}

import { requiredVariables } from "./required-variables.ts";

/** What the function "api" needs from its environment: names of resources, and what of them is planned with. */
export type ApiEnv = {
  readonly DATA_BUCKET: string;
  readonly RUN_TABLE: string;
  readonly RUN_STATE_MACHINE_ARN: string;
  readonly SWEEP_STATE_MACHINE_ARN: string;
  readonly IMPORT_STATE_MACHINE_ARN: string;
  /** Memory of the function "segment", for which runs are planned. */
  readonly SEGMENT_MEMORY_MB: string;
  /** ARNs of the principals that may call, with commas between them; every principal of the account, when left out. */
  readonly ALLOWED_PRINCIPALS?: string;
};

export function parseApiEnv(env: NodeJS.ProcessEnv): ApiEnv {
  const names = [
    "DATA_BUCKET",
    "RUN_TABLE",
    "RUN_STATE_MACHINE_ARN",
    "SWEEP_STATE_MACHINE_ARN",
    "IMPORT_STATE_MACHINE_ARN",
    "SEGMENT_MEMORY_MB",
  ] as const;
  const { ALLOWED_PRINCIPALS } = env;
  const required = requiredVariables("api", names, env);
  return ALLOWED_PRINCIPALS === undefined ? required : { ...required, ALLOWED_PRINCIPALS };
}

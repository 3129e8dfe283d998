import { requiredVariables } from "./required-variables.ts";

/** What the function "watch" needs from its environment: names of resources. */
export type WatchEnv = {
  readonly DATA_BUCKET: string;
  readonly RUN_TABLE: string;
  readonly RUN_STATE_MACHINE_ARN: string;
  readonly SWEEP_STATE_MACHINE_ARN: string;
};

export function parseWatchEnv(env: NodeJS.ProcessEnv): WatchEnv {
  return requiredVariables(
    "watch",
    ["DATA_BUCKET", "RUN_TABLE", "RUN_STATE_MACHINE_ARN", "SWEEP_STATE_MACHINE_ARN"],
    env,
  );
}

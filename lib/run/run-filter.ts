import { momentMs } from "./moment.ts";
import type { RunFilter, RunStatus } from "./run-store.ts";

/** The filters that lists of runs and of checkpoints share. */
export type RunFilterFlags = {
  readonly strategy?: string;
  readonly status?: RunStatus;
  readonly from?: string;
  readonly to?: string;
};

/** A date counts from its first millisecond on, and to its last. Items of sweeps are listed with their sweep. */
export function runFilter({ strategy, status, from, to }: RunFilterFlags): RunFilter {
  return {
    sweeps: "left-out",
    ...(strategy === undefined ? {} : { strategy }),
    ...(status === undefined ? {} : { status }),
    ...(from === undefined ? {} : { createdFromMs: momentMs(from, "start") }),
    ...(to === undefined ? {} : { createdToMs: momentMs(to, "end") + 1 }),
  };
}

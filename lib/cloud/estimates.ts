import type { Estimates } from "../api/api-deps.ts";
import type { RunStores } from "../run/opened-run.ts";
import { estimateSweep } from "./estimate-sweep.ts";
import { planRunOnAws } from "./plan-run.ts";
import { measuredHere, type PlannedPlace } from "./planned-place.ts";

export type EstimateOptions = {
  /** What is deployed. */
  readonly place: PlannedPlace;
  /** Threads of this machine that compute sweeps; undefined where AWS does. */
  readonly workers: number | undefined;
  /** What this machine is called, where it is no function of AWS. */
  readonly machine: string;
  readonly stores: RunStores;
};

/** Estimates for what is deployed, measured by this process. */
export function openEstimates({ place, workers, machine, stores }: EstimateOptions): Estimates {
  const measuredOn = measuredHere(machine);
  return {
    run: (plan, { memoryMb = place.memoryMb, architecture = place.architecture }) =>
      planRunOnAws(plan, { ...place, memoryMb, architecture }, measuredOn, stores),
    sweep: (spec) => estimateSweep(spec, { place, measuredOn, workers }, stores),
  };
}

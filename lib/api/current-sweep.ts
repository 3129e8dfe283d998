import type { RunCost } from "../report/run-document.ts";
import { findSweep } from "../sweep/find-sweep.ts";
import type { SweepRecord } from "../sweep/sweep-store.ts";
import type { ApiDeps } from "./api-deps.ts";

/** The sweep that is meant, its status corrected when whoever computed it is gone. */
export async function currentSweep(reference: string, { stores, sweepWorkflow }: ApiDeps): Promise<SweepRecord> {
  const sweep = await findSweep(reference, stores.sweeps);
  return sweepWorkflow === undefined ? sweep : sweepWorkflow.reconcile(sweep);
}

/** What a sweep has cost: nothing where nothing is paid for, and unknown where only runs are counted. */
export async function sweepCost(sweep: SweepRecord, { sweepCostOf, costOf }: ApiDeps): Promise<RunCost> {
  if (sweepCostOf !== undefined) return sweepCostOf(sweep);
  return { dollars: costOf === undefined ? 0 : null };
}

import type { SweepRecord } from "../sweep/sweep-store.ts";
import type { ResumeHow } from "./run-workflow.ts";

export type SweepStartOutcome =
  /** An attempt at the sweep is under way; `how` tells whether a new execution, a redrive of the old one, or threads of this process. */
  | {
      readonly kind: "started";
      readonly sweep: SweepRecord;
      readonly how: "execution" | "redrive" | "worker";
      readonly note?: string;
    }
  /** Somebody else works on the sweep, or was faster to take it. Nothing changed. */
  | { readonly kind: "busy"; readonly sweep: SweepRecord }
  /** It is completed, or partial: nothing is left to do. */
  | { readonly kind: "ended"; readonly sweep: SweepRecord };

/** How far a sweep is that is being computed. */
export type SweepProgressNow = {
  readonly doneLanes: number;
  readonly totalLanes: number;
  /** Done of all lanes over all their bars, 0 to 1: moves on while a run of many lanes is under way. */
  readonly share: number | null;
  readonly lanesPerSecond: number | null;
  /** The objective of the best lane so far. */
  readonly best: number | null;
  readonly secondsLeft: number | null;
};

/** What computes sweeps: a Step Functions workflow, or threads of this process. */
export type SweepWorkflow = {
  /** Takes the next attempt at a pending, cancelled, failed or abandoned sweep by a conditional write and starts it; what its runs have done is not done again. */
  start(sweep: SweepRecord, how: ResumeHow): Promise<SweepStartOutcome>;
  /** Makes whoever works on the sweep stop after the checkpoints of its runs; `force` does not wait for them. Returns the sweep as it is then. */
  cancel(sweep: SweepRecord, how: { readonly force: boolean }): Promise<SweepRecord>;
  /** The sweep, its status corrected when nobody works on it any more although its record says so. */
  reconcile(sweep: SweepRecord): Promise<SweepRecord>;
  /** How far a sweep is, where the workflow knows more than its record. */
  progressOf?(sweep: SweepRecord): Promise<SweepProgressNow | undefined>;
};

import type { RunRecord } from "../run/run-store.ts";

export type StartOutcome =
  /** An attempt at the run is under way; `how` tells whether a new execution, a redrive of the old one, or a worker thread. */
  | {
      readonly kind: "started";
      readonly run: RunRecord;
      readonly how: "execution" | "redrive" | "worker";
      readonly note?: string;
    }
  /** Somebody else works on the run, or was faster to take it. Nothing changed. */
  | { readonly kind: "busy"; readonly run: RunRecord }
  | { readonly kind: "completed"; readonly run: RunRecord };

/**
 * How a run is to be started where a workflow holds it: by a redrive of its failed execution, which keeps the definition and the code that it had, by a new execution,
 * or by a redrive where that is possible.
 */
export type ResumeHow = "auto" | "execution" | "redrive";

/** What computes runs: a Step Functions workflow, or worker threads of this process. */
export type RunWorkflow = {
  /**
   * Takes the next attempt at a queued, cancelled, failed or abandoned run by a conditional write and starts it. Repeating it after a crash between the two
   * starts what was taken.
   */
  start(run: RunRecord, how: ResumeHow): Promise<StartOutcome>;
  /** Makes whoever works on the run checkpoint and stop; `force` does not wait for the checkpoint. Returns the run as it is then. */
  cancel(run: RunRecord, how: { readonly force: boolean }): Promise<RunRecord>;
  /** The run, its status corrected when nobody works on it any more although its record says so. */
  reconcile(run: RunRecord): Promise<RunRecord>;
  /** The next bar to do of a run, where the workflow learns it between checkpoints. */
  progressOf?(runId: string): { readonly bar: number } | undefined;
};

import type { StepCall } from "./execution-call.ts";
import type { RunStores } from "./opened-run.ts";
import { isUnderWay } from "./run-status.ts";
import { MissingRunError, type RunOwner, type RunRecord } from "./run-store.ts";

/** Whether a step may work on a run, and under which attempt (`run.attempt`). */
export type Hold =
  | { readonly kind: "held"; readonly run: RunRecord }
  /** Another execution has the run, or nobody is to go on with it. Nothing changed. */
  | { readonly kind: "passed"; readonly run: RunRecord };

/** How a step may come to a run that its execution does not hold. */
export type Claim =
  | { readonly kind: "none" }
  /** The first step of an execution: it may take up a run that waits, or the one that its predecessor left it. */
  | { readonly kind: "first"; readonly continues: string | undefined };

/** Each turn lost a race for an attempt; a run whose attempts go by this fast is not ours. */
const turns = 5;

/**
 * The run for a step of this execution. An execution holds a run whose record names it. It takes the next attempt of a run that ended (failed or cancelled)
 * before the execution was started or redriven, which is how a redrive from the console goes on. Throws MissingRunError.
 */
export async function holdRun(call: StepCall, claim: Claim, nowMs: number, stores: RunStores): Promise<Hold> {
  let run = await stores.runs.getRun(call.runId);
  if (run === undefined) throw new MissingRunError(call.runId);
  for (let turn = 0; turn < turns; turn++) {
    const decision = decideHold(run, call, claim);
    if (decision !== "take") return { kind: decision, run };
    const owner = executionOwner(call.executionArn, nowMs);
    // A run whose status changed since it was read, to be cancelled for one, is looked at again.
    const outcome = await stores.runs.beginAttempt(run.runId, run.attempt, owner, run.status);
    run = outcome.run;
  }
  return { kind: "passed", run };
}

/** Who owns an attempt that a workflow execution works on. */
export function executionOwner(executionArn: string, nowMs: number): RunOwner {
  return { host: "aws", pid: 0, heartbeatAtMs: nowMs, executionArn };
}

function decideHold(run: RunRecord, call: StepCall, claim: Claim): Hold["kind"] | "take" {
  if (run.status === "completed") return "passed";
  const isNamed = run.executionArn === call.executionArn;
  if (isUnderWay(run)) {
    if (isNamed) return "held";
    if (claim.kind === "none" || claim.continues === undefined || claim.continues !== run.executionArn) return "passed";
    // A new attempt would forget the cancellation.
    return run.status === "cancelling" ? "held" : "take";
  }
  if (!isNamed && claim.kind === "none") return "passed";
  // Without this a late or repeated delivery would set a run going again that was cancelled or failed.
  return run.status === "queued" || Date.parse(call.startedAt) > run.updatedAtMs ? "take" : "passed";
}

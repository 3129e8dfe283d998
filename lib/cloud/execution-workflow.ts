import type { SFNClient } from "@aws-sdk/client-sfn";
import type { ResumeHow, RunWorkflow, StartOutcome } from "../api/run-workflow.ts";
import { askToStop, cancelAtOnce } from "../run/cancel-run.ts";
import { recordExecutionEnd } from "../run/execution-end.ts";
import { executionOwner } from "../run/execution-hold.ts";
import { openRun, type RunStores } from "../run/opened-run.ts";
import { isUnderWay } from "../run/run-status.ts";
import type { RunRecord } from "../run/run-store.ts";
import { type ExecutionState, openExecutions } from "./executions.ts";

export type ExecutionWorkflowOptions = {
  readonly sfn: SFNClient;
  /** The state machine "Run". */
  readonly stateMachineArn: string;
  readonly stores: RunStores;
  readonly nowMs: () => number;
};

/**
 * How long an attempt may be without its execution: whoever took it is about to start one. And how long an execution that succeeded may be the run's:
 * the one that continues it is about to take over.
 */
const handoverMs = 30_000;

/** The state machine as what computes runs: an execution, named after run and attempt, for every attempt that is no redrive. */
export function openExecutionWorkflow(options: ExecutionWorkflowOptions): RunWorkflow {
  const { stores, nowMs } = options;
  const { runs } = stores;
  const executions = openExecutions(options.sfn, options.stateMachineArn);
  return { start, cancel, reconcile };

  async function start(run: RunRecord, how: ResumeHow): Promise<StartOutcome> {
    if (isUnderWay(run)) return goOn(run, how);
    if (run.status === "completed") return { kind: "completed", run };
    // What cannot go on is refused now, not in its execution.
    await openRun(run, stores);
    if (run.status !== "failed" || run.executionArn === undefined || how === "execution") return startNew(run);
    const state = await executions.describe(run.executionArn);
    if (state.kind === "ended" && state.isRedrivable) return redrive(run, run.executionArn);
    return startNew(run, `Execution ${run.executionArn} cannot be redriven; the run goes on in a new one.`);
  }

  /** A run that its record says is under way: left half started, or nobody works on it any more, or somebody does. */
  async function goOn(run: RunRecord, how: ResumeHow): Promise<StartOutcome> {
    const { executionArn } = run;
    if (executionArn === undefined) return { kind: "busy", run };
    const state = await executions.describe(executionArn);
    const isSettled = nowMs() - run.updatedAtMs >= handoverMs;
    if (state.kind === "missing" && isSettled) return startTaken(run, executionArn);
    if (state.kind === "ended" && isSettled && isBegunAfter(run, state)) return redriveTaken(run, executionArn);
    const now = await correct(run, state);
    return isUnderWay(now) ? { kind: "busy", run: now } : start(now, how);
  }

  /** Takes the next attempt for an execution that is named after it, and starts that. */
  async function startNew(run: RunRecord, note?: string): Promise<StartOutcome> {
    const { runId, attempt } = run;
    const name = `${runId}-${attempt + 1}`;
    const owner = executionOwner(executions.arnOf(name), nowMs());
    const outcome = await runs.beginAttempt(runId, attempt, owner);
    if (outcome.kind === "refused") return lost(outcome.run);
    await executions.start(name, { runId });
    return started(outcome.run, "execution", note);
  }

  /** The attempt was taken and its execution not started: the name makes it the same one whoever does it. */
  async function startTaken(run: RunRecord, executionArn: string): Promise<StartOutcome> {
    await openRun(run, stores);
    await executions.start(executionArn.slice(executionArn.lastIndexOf(":") + 1), { runId: run.runId });
    return started(run, "execution", "The attempt had been taken, and its execution not started.");
  }

  async function redrive(run: RunRecord, executionArn: string): Promise<StartOutcome> {
    const outcome = await runs.beginAttempt(run.runId, run.attempt, executionOwner(executionArn, nowMs()));
    return outcome.kind === "refused" ? lost(outcome.run) : redriveTaken(outcome.run, executionArn);
  }

  async function redriveTaken(run: RunRecord, executionArn: string): Promise<StartOutcome> {
    const outcome = await executions.redrive(executionArn);
    if (outcome.kind === "redriven") return started(run, "redrive", keptDefinition);
    // Somebody redrove it from the console meanwhile: its steps find our attempt.
    if ((await executions.describe(executionArn)).kind === "running") return started(run, "redrive", keptDefinition);
    return startNew(run, `The redrive was refused (${outcome.why}); the run goes on in a new execution.`);
  }

  async function cancel(run: RunRecord, { force }: { readonly force: boolean }): Promise<RunRecord> {
    const asked = await askToStop(run, runs, nowMs());
    if (asked.status !== "cancelling") return asked;
    const { executionArn } = asked;
    if (executionArn === undefined) return cancelAtOnce(asked, runs, nowMs());
    if (force) {
      await executions.stop(executionArn, { error: "Cancelled", cause: "cancelled by request, without waiting" });
      return cancelAtOnce(asked, runs, nowMs());
    }
    const state = await executions.describe(executionArn);
    // An execution that is about to be started finds the request in its first step.
    const isToCome = state.kind === "missing" && nowMs() - run.updatedAtMs < handoverMs;
    return state.kind === "running" || isToCome ? asked : cancelAtOnce(asked, runs, nowMs());
  }

  async function reconcile(run: RunRecord): Promise<RunRecord> {
    if (!isUnderWay(run) || run.executionArn === undefined) return run;
    return correct(run, await executions.describe(run.executionArn));
  }

  /** The run with the status that its execution's state implies. */
  async function correct(run: RunRecord, state: ExecutionState): Promise<RunRecord> {
    switch (state.kind) {
      case "running":
        return run;
      case "ended":
        if (isBegunAfter(run, state))
          return nowMs() - run.updatedAtMs < handoverMs ? run : abandon(run, "ended before this attempt began");
        return (await recordExecutionEnd(run.runId, state.end, stores)) ?? reread(run);
      case "missing":
        return nowMs() - run.updatedAtMs < handoverMs ? run : abandon(run, "was never started, or is forgotten");
      case "succeeded": {
        const now = await reread(run);
        const isSame = now.attempt === run.attempt && isUnderWay(now);
        if (!isSame || nowMs() - state.stoppedAtMs < handoverMs) return now;
        return abandon(now, "ended before the run did");
      }
    }
  }

  async function abandon(run: RunRecord, what: string): Promise<RunRecord> {
    if (run.status === "cancelling") return cancelAtOnce(run, runs, nowMs());
    const { runId, attempt, executionArn } = run;
    const message = `Execution ${executionArn} ${what}. Resume the run: it goes on from its last checkpoint.`;
    const reason = { name: "ExecutionGone", message };
    const from = ["running", "resuming"] as const;
    await runs.setStatus({ runId, attempt, from, to: "failed", reason, atMs: nowMs() });
    return reread(run);
  }

  async function reread(run: RunRecord): Promise<RunRecord> {
    return (await runs.getRun(run.runId)) ?? run;
  }
}

const keptDefinition =
  "Redriven at the step that failed. A redrive keeps the definition that its execution was started with: if that was at fault, cancel the run and resume it in a new execution.";

/** Whether the run's attempt was taken after the execution's end, and has not committed since: a redrive that was not carried out. */
function isBegunAfter(run: RunRecord, state: Extract<ExecutionState, { kind: "ended" }>): boolean {
  return run.status === "resuming" && run.updatedAtMs > state.end.stoppedAtMs;
}

function lost(run: RunRecord): StartOutcome {
  return run.status === "completed" ? { kind: "completed", run } : { kind: "busy", run };
}

function started(run: RunRecord, how: "execution" | "redrive", note?: string): StartOutcome {
  return { kind: "started", run, how, ...(note !== undefined && { note }) };
}

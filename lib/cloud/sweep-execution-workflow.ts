import type { SFNClient } from "@aws-sdk/client-sfn";
import type { ResumeHow, RunWorkflow } from "../api/run-workflow.ts";
import type { SweepStartOutcome, SweepWorkflow } from "../api/sweep-workflow.ts";
import { changeSweep } from "../sweep/change-sweep.ts";
import type { SweepStores } from "../sweep/open-sweep.ts";
import type { SweepRecord } from "../sweep/sweep-store.ts";
import { type ExecutionState, openExecutions } from "./executions.ts";
import { openMapProgress } from "./map-progress.ts";
import { endSweep, recordSweepEnd } from "./sweep-execution-end.ts";
import { hasAnswer, isSweepUnderWay, takeSweep } from "./sweep-execution-hold.ts";

export type SweepExecutionWorkflowOptions = {
  readonly sfn: SFNClient;
  /** The state machine "Sweep". */
  readonly stateMachineArn: string;
  readonly stores: SweepStores;
  /** The workflow of runs, which knows how a run's own execution ended. */
  readonly runs: Pick<RunWorkflow, "reconcile">;
  readonly nowMs: () => number;
};

/** How long an attempt may be without its execution: whoever took it is about to start one. */
const handoverMs = 30_000;

/** The state machine as what computes sweeps: an execution, named after sweep and attempt, for every attempt that is no redrive. */
export function openSweepExecutionWorkflow(options: SweepExecutionWorkflowOptions): SweepWorkflow {
  const { stores, nowMs } = options;
  const { sweeps } = stores;
  const executions = openExecutions(options.sfn, options.stateMachineArn);
  return { start, cancel, reconcile, progressOf: openMapProgress(options.sfn, nowMs) };

  async function start(sweep: SweepRecord, how: ResumeHow): Promise<SweepStartOutcome> {
    if (hasAnswer(sweep)) return { kind: "ended", sweep };
    if (isSweepUnderWay(sweep)) return goOn(sweep, how);
    const { executionArn } = sweep;
    if (sweep.status === "pending" || executionArn === undefined || how === "execution") return startNew(sweep);
    const state = await executions.describe(executionArn);
    if (state.kind === "ended" && state.isRedrivable && !isStuck(sweep)) return redrive(sweep, executionArn);
    return startNew(sweep, `Execution ${executionArn} cannot be redriven; the sweep goes on in a new one.`);
  }

  /** A sweep that its record says is under way: left half started, or nobody works on it any more, or somebody does. */
  async function goOn(sweep: SweepRecord, how: ResumeHow): Promise<SweepStartOutcome> {
    const { executionArn } = sweep;
    if (executionArn === undefined) return { kind: "busy", sweep };
    const state = await executions.describe(executionArn);
    const isSettled = nowMs() - sweep.updatedAtMs >= handoverMs;
    if (state.kind === "missing" && isSettled) return startTaken(sweep, executionArn);
    if (state.kind === "ended" && isSettled && isBegunAfter(sweep, state)) return redriveTaken(sweep, executionArn);
    const now = await correct(sweep, state);
    return isSweepUnderWay(now) ? { kind: "busy", sweep: now } : start(now, how);
  }

  /** Takes the next attempt for an execution that is named after it, and starts that. */
  async function startNew(sweep: SweepRecord, note?: string): Promise<SweepStartOutcome> {
    const { sweepId, attempt } = sweep;
    const name = `${sweepId}-${attempt + 1}`;
    const taken = await takeSweep(sweep, executions.arnOf(name), nowMs(), sweeps);
    if (taken === undefined) return lost(sweep);
    await executions.start(name, { sweepId });
    return started(taken, "execution", note);
  }

  /** The attempt was taken and its execution not started: the name makes it the same one whoever does it. */
  async function startTaken(sweep: SweepRecord, executionArn: string): Promise<SweepStartOutcome> {
    const { sweepId } = sweep;
    await executions.start(executionArn.slice(executionArn.lastIndexOf(":") + 1), { sweepId });
    return started(sweep, "execution", "The attempt had been taken, and its execution not started.");
  }

  async function redrive(sweep: SweepRecord, executionArn: string): Promise<SweepStartOutcome> {
    const taken = await takeSweep(sweep, executionArn, nowMs(), sweeps);
    return taken === undefined ? lost(sweep) : redriveTaken(taken, executionArn);
  }

  async function redriveTaken(sweep: SweepRecord, executionArn: string): Promise<SweepStartOutcome> {
    const outcome = await executions.redrive(executionArn);
    if (outcome.kind === "redriven") return started(sweep, "redrive", keptDefinition);
    // Somebody redrove it from the console meanwhile: its steps find our attempt.
    if ((await executions.describe(executionArn)).kind === "running") return started(sweep, "redrive", keptDefinition);
    return startNew(sweep, `The redrive was refused (${outcome.why}); the sweep goes on in a new execution.`);
  }

  /** Stopping the execution stops its children between their steps; a segment that is under way commits its checkpoint all the same, so that `force` changes only who writes the end. */
  async function cancel(sweep: SweepRecord, { force }: { readonly force: boolean }): Promise<SweepRecord> {
    const asked = await changeSweep(sweep.sweepId, toCancelling, sweeps);
    if (asked === undefined) return reread(sweep);
    const { executionArn } = asked;
    if (executionArn === undefined) return cancelled(asked);
    await executions.stop(executionArn, { error: "Cancelled", cause: "cancelled by request" });
    const state = await executions.describe(executionArn);
    const now = await correct(asked, state);
    return force && now.status === "cancelling" ? cancelled(now) : now;
  }

  async function reconcile(sweep: SweepRecord): Promise<SweepRecord> {
    if (!isSweepUnderWay(sweep) || sweep.executionArn === undefined) return sweep;
    return correct(sweep, await executions.describe(sweep.executionArn));
  }

  /** The sweep with the status that its execution's state implies. */
  async function correct(sweep: SweepRecord, state: ExecutionState): Promise<SweepRecord> {
    const isSettled = nowMs() - sweep.updatedAtMs >= handoverMs;
    switch (state.kind) {
      case "running":
        return sweep;
      case "ended":
        if (isBegunAfter(sweep, state)) {
          if (!isSettled) return sweep;
          return sweep.status === "cancelling" ? cancelled(sweep) : abandon(sweep, "ended before this attempt began");
        }
        return (await recordSweepEnd(sweep.sweepId, state.end, stores, options.runs.reconcile)) ?? reread(sweep);
      case "missing":
        if (sweep.status === "cancelling") return cancelled(sweep);
        return isSettled ? abandon(sweep, "was never started, or is forgotten") : sweep;
      case "succeeded": {
        const now = await reread(sweep);
        const isSame = now.attempt === sweep.attempt && isSweepUnderWay(now);
        if (!isSame) return now;
        return now.status === "cancelling" ? cancelled(now) : abandon(now, "ended before the sweep did");
      }
    }
  }

  async function abandon(sweep: SweepRecord, what: string): Promise<SweepRecord> {
    const message = `Execution ${sweep.executionArn} ${what}. Resume the sweep: what its runs have done is not done again.`;
    const reason = { name: "ExecutionGone", message };
    return (await endSweep(sweep, { status: "failed", reason, atMs: nowMs() }, sweeps)) ?? reread(sweep);
  }

  async function cancelled(sweep: SweepRecord): Promise<SweepRecord> {
    return (await endSweep(sweep, { status: "cancelled", atMs: nowMs() }, sweeps)) ?? reread(sweep);
  }

  async function lost(sweep: SweepRecord): Promise<SweepStartOutcome> {
    const now = await reread(sweep);
    return hasAnswer(now) ? { kind: "ended", sweep: now } : { kind: "busy", sweep: now };
  }

  async function reread(sweep: SweepRecord): Promise<SweepRecord> {
    return (await sweeps.getSweep(sweep.sweepId)) ?? sweep;
  }
}

const keptDefinition =
  "Redriven: only the runs that are not done go on, each at the step that failed. A redrive keeps the definition that its execution was started with: if that was at fault, resume in a new execution.";

function toCancelling(sweep: SweepRecord): SweepRecord | undefined {
  return sweep.status === "running" || sweep.status === "pending" ? { ...sweep, status: "cancelling" } : undefined;
}

/** Whether a redrive would meet the same: it begins after the map whose runs are not done. */
function isStuck({ reason }: SweepRecord): boolean {
  return reason?.name === "SweepItemsError";
}

/** Whether the sweep's attempt was taken after the execution's end: a redrive that was not carried out. */
function isBegunAfter({ owner }: SweepRecord, state: Extract<ExecutionState, { kind: "ended" }>): boolean {
  return owner !== undefined && owner.heartbeatAtMs > state.end.stoppedAtMs;
}

function started(sweep: SweepRecord, how: "execution" | "redrive", note?: string): SweepStartOutcome {
  return { kind: "started", sweep, how, ...(note !== undefined && { note }) };
}

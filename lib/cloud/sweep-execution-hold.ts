import { executionOwner } from "../run/execution-hold.ts";
import { MissingSweepError, type SweepRecord, type SweepStore } from "../sweep/sweep-store.ts";
import type { SweepCall } from "./sweep-execution-call.ts";

/** Whether a step may work on a sweep. `passed`: another execution has it, or nobody is to go on with it; nothing changed. */
export type SweepHold = { readonly kind: "held" | "passed"; readonly sweep: SweepRecord };

/** Each turn lost a race for the record; a sweep that changes this fast is not ours. */
const turns = 5;

/**
 * The sweep for a step of this execution. An execution holds the sweep whose record names it. It takes the next attempt of one that ended (failed or cancelled)
 * before the execution was started or redriven, which is how a redrive from the console goes on; the first step takes one that waits. Throws MissingSweepError.
 */
export async function holdSweep(
  call: SweepCall,
  step: "first" | "later",
  nowMs: number,
  sweeps: SweepStore,
): Promise<SweepHold> {
  for (let turn = 0; turn < turns; turn++) {
    const sweep = await sweeps.getSweep(call.sweepId);
    if (sweep === undefined) throw new MissingSweepError(call.sweepId);
    const decision = decideHold(sweep, call, step);
    if (decision !== "take") return { kind: decision, sweep };
    const taken = await takeSweep(sweep, call.executionArn, nowMs, sweeps);
    if (taken !== undefined) return { kind: "held", sweep: taken };
  }
  throw new Error(`Sweep "${call.sweepId}": ${turns} changes in a row were overtaken by others.`);
}

/** Takes the next attempt for an execution; undefined when the record changed since it was read. */
export async function takeSweep(
  { reason: _reason, ...sweep }: SweepRecord,
  executionArn: string,
  nowMs: number,
  sweeps: SweepStore,
): Promise<SweepRecord | undefined> {
  const taken: SweepRecord = {
    ...sweep,
    status: "running",
    attempt: sweep.attempt + 1,
    owner: executionOwner(executionArn, nowMs),
    executionArn,
    revision: sweep.revision + 1,
    updatedAtMs: nowMs,
  };
  return (await sweeps.replaceSweep(taken)) ? taken : undefined;
}

/** Whether the sweep has its answer, even if every lane of it failed. */
export function hasAnswer({ resultHash }: SweepRecord): boolean {
  return resultHash !== undefined;
}

export function isSweepUnderWay({ status }: SweepRecord): boolean {
  return status === "running" || status === "cancelling";
}

function decideHold(sweep: SweepRecord, call: SweepCall, step: "first" | "later"): SweepHold["kind"] | "take" {
  if (hasAnswer(sweep)) return "passed";
  const isNamed = sweep.executionArn === call.executionArn;
  if (isSweepUnderWay(sweep)) return isNamed ? "held" : "passed";
  if (!isNamed && step !== "first") return "passed";
  return sweep.status === "pending" || Date.parse(call.startedAt) > sweep.updatedAtMs ? "take" : "passed";
}

import type { StepCall } from "../../lib/run/execution-call.ts";
import { executionOwner } from "../../lib/run/execution-hold.ts";
import { finishStep, planStep, segmentStep } from "../../lib/run/execution-steps.ts";
import type { StepClock } from "../../lib/run/near-deadline.ts";
import type { RunStores } from "../../lib/run/opened-run.ts";
import type { RunRecord } from "../../lib/run/run-store.ts";
import { storedRun } from "../simulation/run-lives.ts";

/** The call of an execution that was started at this time, UTC ms. */
export function callOf(runId: string, executionArn: string, startedAtMs = 0): StepCall {
  return { runId, executionArn, startedAt: new Date(startedAtMs).toISOString() };
}

/** A clock that stands, with time enough. */
export function clockAt(nowMs: number): StepClock {
  return { nowMs: () => nowMs, remainingMs: () => 900_000 };
}

export const standing = clockAt(1_000);

/** Takes the next attempt for an execution, as the API does before it starts one. */
export async function takeFor(
  executionArn: string,
  runId: string,
  stores: RunStores,
  nowMs = 1_000,
): Promise<RunRecord> {
  const { attempt } = await storedRun(runId, stores);
  const outcome = await stores.runs.beginAttempt(runId, attempt, executionOwner(executionArn, nowMs));
  if (outcome.kind === "refused") throw new Error(`Attempt ${attempt + 1} of run ${runId} was refused.`);
  return outcome.run;
}

/** Takes the steps as the state machine does, from Plan to its end; the answers in order. */
export async function execute(
  call: StepCall & { readonly continues?: string },
  stores: RunStores,
  clock: StepClock = standing,
): Promise<string[]> {
  const taken: string[] = [];
  let { next } = (await planStep(call, clock, stores)).answer;
  while (next === "segment") {
    taken.push(next);
    next = (await segmentStep(call, clock, stores)).answer.next;
  }
  taken.push(next);
  if (next === "finish") await finishStep(call, clock, stores);
  return taken;
}

import assert from "node:assert/strict";
import { nothingToAsk } from "./asking-steps.ts";
import { recordStop } from "./attempt-end.ts";
import type { PlanCall, SegmentCall, StepCall } from "./execution-call.ts";
import { type Claim, holdRun } from "./execution-hold.ts";
import { finishRun } from "./finish.ts";
import { stopOrHeartbeat } from "./heartbeat.ts";
import { nearDeadline, type StepClock } from "./near-deadline.ts";
import { openRun, type RunStores } from "./opened-run.ts";
import { pruneCheckpoints } from "./retention.ts";
import type { RunRecord, RunStatus } from "./run-store.ts";
import { saveSegment } from "./save-segment.ts";
import { computeSegment, type RunWork, restoreHead } from "./segment.ts";
import {
  askFirst,
  type CommittedSegment,
  type PlanReport,
  report,
  type SegmentReport,
  type StepReport,
  withAsked,
} from "./step-report.ts";
import { overStoredAnswers } from "./stored-answers.ts";
import { mayAskAhead } from "./stretches.ts";

/** First step: takes or finds the attempt, and checks that the run can be computed here. Throws StrategyChangedError and what `openRun` throws. */
export async function planStep(call: PlanCall, clock: StepClock, stores: RunStores): Promise<PlanReport> {
  const entered = await enter(call, { kind: "first", continues: call.continues }, clock, stores);
  if (entered.kind === "report") return withAsked(entered.report, call.asked);
  const { run } = entered;
  const opened = await openRun(run, stores);
  await pruneCheckpoints(run.runId, opened.spec.checkpoint.keep, stores.runs);
  if (run.attempt === 1) await append(run, "started", clock, stores);
  const asked = call.asked === undefined || mayAskAhead(opened) ? call.asked : nothingToAsk(run);
  return withAsked(askFirst(report("done", run), asked), asked);
}

/**
 * One segment: restores the head, computes until a checkpoint is due, the time runs short or a cancellation is seen, and commits. Throws what `openRun`,
 * `restoreHead` and the strategy throw.
 */
export async function segmentStep(call: SegmentCall, clock: StepClock, stores: RunStores): Promise<SegmentReport> {
  return askFirst(await segment(call, clock, stores), call.asked);
}

async function segment(call: SegmentCall, clock: StepClock, stores: RunStores): Promise<SegmentReport> {
  const isLate = nearDeadline(clock);
  const entered = await enter(call, { kind: "none" }, clock, stores);
  if (entered.kind === "report") return entered.report;
  const { run } = entered;
  if (run.headBar >= run.endBar) return report("repeated", run);
  const isResume = await announceResume(run, clock, stores);
  const opened = await openRun(run, stores);
  const bars = { startBar: run.headBar, endBar: Math.min(run.endBar, run.headBar + opened.spec.checkpoint.everyBars) };
  const answered = await overStoredAnswers(opened, call.asked?.answers ?? [], bars, stores);
  const work = await restoreHead(answered, run.attempt, stores, clock.nowMs());
  if (work === undefined) return overtaken(run, clock, stores);
  const stop = async () => (isLate() ? ("interrupt" as const) : undefined);
  return { ...(await commitSegment(work, stop, clock, stores)), isResume };
}

/** Last step: reads the facts back, stores the result and completes the run. */
export async function finishStep(call: StepCall, clock: StepClock, stores: RunStores): Promise<StepReport> {
  const entered = await enter(call, { kind: "none" }, clock, stores);
  if (entered.kind === "report") return entered.report;
  const { run } = entered;
  assert.equal(run.headBar, run.endBar, `run "${run.runId}" is to be finished when all its bars are done`);
  const isResume = await announceResume(run, clock, stores);
  const work = await restoreHead(await openRun(run, stores), run.attempt, stores, clock.nowMs());
  const result = work === undefined ? undefined : await finishRun(work, stores, clock.nowMs);
  if (result === undefined) return { ...(await overtaken(run, clock, stores)), isResume };
  await append(run, "completed", clock, stores);
  return { ...report("done", await stored(run, stores)), isResume };
}

type Entered =
  | { readonly kind: "held"; readonly run: RunRecord }
  | { readonly kind: "report"; readonly report: StepReport };

/** The run under an attempt of this execution, or the report of a step that has nothing to do. */
async function enter(call: StepCall, claim: Claim, clock: StepClock, stores: RunStores): Promise<Entered> {
  const hold = await holdRun(call, claim, clock.nowMs(), stores);
  if (hold.kind === "passed") {
    const isOurs = hold.run.executionArn === call.executionArn;
    return { kind: "report", report: report(isOurs ? "repeated" : "superseded", hold.run) };
  }
  if (hold.run.status === "cancelling") return { kind: "report", report: await cancel(hold.run, clock, stores) };
  return hold;
}

async function commitSegment(
  work: RunWork,
  stop: () => Promise<"interrupt" | undefined>,
  clock: StepClock,
  stores: RunStores,
): Promise<SegmentReport> {
  const { run, spec } = work.opened;
  const watch = { stop, onChunk: () => {}, nowMs: clock.nowMs };
  const computed = await computeSegment(work, { ...watch, stop: stopOrHeartbeat(run, watch, stores) }, stores);
  const computedAtMs = clock.nowMs();
  const outcome = await saveSegment(computed, stores);
  if (outcome.kind === "superseded") return { ...(await overtaken(run, clock, stores)), isOvertaken: true };
  const { sequence } = computed.place;
  const outdated = sequence - spec.checkpoint.keep;
  const { startBar, endBar } = computed.segment;
  const committed: CommittedSegment = {
    sequence,
    bars: endBar - startBar,
    checkpointBytes: Buffer.byteLength(computed.encoded.text),
    checkpointMs: clock.nowMs() - computedAtMs,
  };
  if (outdated > 0) await stores.runs.removeCheckpoint(run.runId, outdated);
  const head: RunRecord = { ...run, headSequence: sequence, headBar: endBar };
  const ended = computed.stop === "cancel" ? await cancel(head, clock, stores) : report("done", head);
  return { ...ended, committed };
}

/**
 * What is to be done after another invocation was faster: the record says. The answer is the execution's, which goes on for as long as it has the run: a repeated
 * delivery may have taken the next attempt for it, and nobody else would go on.
 */
async function overtaken(run: RunRecord, clock: StepClock, stores: RunStores): Promise<StepReport> {
  const now = await stored(run, stores);
  if (now.executionArn !== run.executionArn) return report("superseded", now);
  return now.status === "cancelling" ? cancel(now, clock, stores) : report("repeated", now);
}

async function cancel(run: RunRecord, clock: StepClock, stores: RunStores): Promise<StepReport> {
  await recordStop(run, "cancel", run.headBar, clock.nowMs(), stores);
  return report("cancelled", await stored(run, stores));
}

/** A resumed attempt is told once, by the step that finds it without a commit. */
async function announceResume(run: RunRecord, clock: StepClock, stores: RunStores): Promise<boolean> {
  if (run.status !== "resuming") return false;
  await append(run, "resumed", clock, stores);
  return true;
}

async function append(
  run: RunRecord,
  kind: "started" | "resumed" | "completed",
  clock: StepClock,
  { runs }: RunStores,
): Promise<void> {
  const { runId, attempt, headBar } = run;
  await runs.appendEvent({ runId, atMs: clock.nowMs(), attempt, kind, barIndex: headBar });
}

async function stored(run: RunRecord, { runs }: RunStores): Promise<RunRecord> {
  const now = await runs.getRun(run.runId);
  assert(now !== undefined, `run "${run.runId}" was removed while it was computed`);
  return now;
}

/** What the last step tells of the run. */
export type FinishAnswer = { readonly status: RunStatus; readonly resultDigest?: string };

export function finishAnswer({ status, resultDigest }: RunRecord): FinishAnswer {
  return resultDigest === undefined ? { status } : { status, resultDigest };
}

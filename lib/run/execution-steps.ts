import assert from "node:assert/strict";
import { nothingToAsk } from "./asking-steps.ts";
import { recordStop } from "./attempt-end.ts";
import type { Asked, PlanCall, SegmentCall, StepCall } from "./execution-call.ts";
import { type Claim, holdRun } from "./execution-hold.ts";
import { finishRun } from "./finish.ts";
import { stopOrHeartbeat } from "./heartbeat.ts";
import { nearDeadline, type StepClock } from "./near-deadline.ts";
import { openRun, type RunStores } from "./opened-run.ts";
import { pruneCheckpoints } from "./retention.ts";
import { isUnderWay } from "./run-status.ts";
import type { RunRecord, RunStatus } from "./run-store.ts";
import { saveSegment } from "./save-segment.ts";
import { computeSegment, type RunWork, restoreHead } from "./segment.ts";
import { overStoredAnswers } from "./stored-answers.ts";
import { mayAskAhead } from "./stretches.ts";

/**
 * The steps of a run as a workflow takes them, one invocation each. Every one may be repeated, doubled, late or killed: the run's record decides what is to be
 * done, and conditional writes decide who did it. What a step throws is recorded when the execution ends by it (`recordExecutionEnd`), so
 * that a retry of the workflow finds the run as it was.
 */
export type StepAnswer = {
  /** `ask`: models are to be asked about the next bars, or it is to be measured whether that pays. `stop`: the run is cancelled, or not this execution's any more. */
  readonly next: "segment" | "ask" | "finish" | "stop";
  /** The next bar to do. */
  readonly bar: number;
};

/** The answer of a step, and what happened for the log and the metrics. */
export type StepReport = {
  readonly answer: StepAnswer;
  readonly run: RunRecord;
  readonly kind: "done" | "repeated" | "superseded" | "cancelled";
  /** Whether this step was the first of a resumed attempt. */
  readonly isResume: boolean;
};

/** The first step also says what is known of the run's models, where its call did. */
export type PlanReport = StepReport & { readonly answer: { readonly asked?: Asked } };

export type SegmentReport = StepReport & {
  readonly committed?: CommittedSegment;
  /** Its bars were computed and not kept, because another invocation was faster or the run is in other hands. */
  readonly isOvertaken?: boolean;
};

export type CommittedSegment = {
  readonly sequence: number;
  readonly bars: number;
  readonly checkpointBytes: number;
  /** How long parts and checkpoint took to become durable after the last bar. */
  readonly checkpointMs: number;
};

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

function report(kind: StepReport["kind"], run: RunRecord): StepReport {
  const goesOn = (kind === "done" || kind === "repeated") && isUnderWay(run);
  const next = !goesOn ? "stop" : run.headBar < run.endBar ? "segment" : "finish";
  return { kind, run, answer: { next, bar: run.headBar }, isResume: false };
}

/** The report, with asking first where nothing is decided yet about the models of the next bars. */
function askFirst<Report extends StepReport>(done: Report, asked: Asked | undefined): Report {
  const { next, bar } = done.answer;
  if (asked === undefined || next !== "segment" || bar < asked.toBar) return done;
  return { ...done, answer: { ...done.answer, next: "ask" } };
}

function withAsked(done: StepReport, asked: Asked | undefined): PlanReport {
  return asked === undefined ? done : { ...done, answer: { ...done.answer, asked } };
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

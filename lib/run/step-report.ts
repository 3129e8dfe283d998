import type { Asked } from "./execution-call.ts";
import { isUnderWay } from "./run-status.ts";
import type { RunRecord } from "./run-store.ts";

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

/** The report of a step that found or left the run so, with what is to be done next. */
export function report(kind: StepReport["kind"], run: RunRecord): StepReport {
  const goesOn = (kind === "done" || kind === "repeated") && isUnderWay(run);
  const next = !goesOn ? "stop" : run.headBar < run.endBar ? "segment" : "finish";
  return { kind, run, answer: { next, bar: run.headBar }, isResume: false };
}

/** The report, with asking first where nothing is decided yet about the models of the next bars. */
export function askFirst<Report extends StepReport>(done: Report, asked: Asked | undefined): Report {
  const { next, bar } = done.answer;
  if (asked === undefined || next !== "segment" || bar < asked.toBar) return done;
  return { ...done, answer: { ...done.answer, next: "ask" } };
}

/** The report with what is known of the run's models, where the workflow can ask them ahead. */
export function withAsked(done: StepReport, asked: Asked | undefined): PlanReport {
  return asked === undefined ? done : { ...done, answer: { ...done.answer, asked } };
}

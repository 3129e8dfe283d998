import type { RunRecord } from "../lib/run/run-store.ts";
import type { SegmentReport, StepReport } from "../lib/run/step-report.ts";
import type { StretchAnswers } from "../lib/run/stored-answers.ts";
import type { AskingPlan } from "../lib/run/stretches.ts";
import { metricNames } from "./metric-names.ts";
import { logger, MetricUnit, metrics } from "./telemetry.ts";

/** Writes the one log line of a step, and its metrics; returns its answer. */
export function tellStep<Report extends StepReport>(
  step: "plan" | "segment" | "finish",
  report: Report & Pick<SegmentReport, "committed" | "isOvertaken">,
): Report["answer"] {
  const { run, kind, answer, isResume, isOvertaken = false, committed } = report;
  const { next, bar } = answer;
  logger.info(`${step} ${kind}`, { ...placeOf(run), next, bar, isResume, isOvertaken, ...committed });
  if (committed !== undefined) {
    metrics.addMetric(metricNames.segments, MetricUnit.Count, 1);
    metrics.addMetric(metricNames.bars, MetricUnit.Count, committed.bars);
    metrics.addMetric(metricNames.checkpointBytes, MetricUnit.Bytes, committed.checkpointBytes);
    metrics.addMetric(metricNames.checkpointMs, MetricUnit.Milliseconds, committed.checkpointMs);
  }
  if (isResume) metrics.addMetric(metricNames.resumes, MetricUnit.Count, 1);
  if (kind === "superseded" || isOvertaken) metrics.addMetric(metricNames.zombiesStopped, MetricUnit.Count, 1);
  if (step === "finish" && kind === "done") metrics.addMetric(metricNames.completedRuns, MetricUnit.Count, 1);
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  return answer;
}

/** Writes the one log line of a measurement; returns what it decided. */
export function tellMeasure({ run, plan }: { readonly run: RunRecord; readonly plan: AskingPlan }): AskingPlan {
  logger.info("measure done", { ...placeOf(run), stretches: plan.stretches.length, toBar: plan.toBar });
  return plan;
}

/** Writes the one log line of a stretch; returns where its answers lie. */
export function tellAnswers({
  run,
  answers,
}: {
  readonly run: RunRecord;
  readonly answers: StretchAnswers;
}): StretchAnswers {
  const { startBar, endBar } = answers;
  logger.info("answer done", { ...placeOf(run), startBar, endBar });
  return answers;
}

function placeOf({ runId, attempt, headSequence: sequence }: RunRecord) {
  return { runId, attempt, sequence };
}

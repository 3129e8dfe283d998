import type { SegmentReport } from "../lib/run/execution-steps.ts";
import { metricNames } from "./metric-names.ts";
import { logger, MetricUnit, metrics } from "./telemetry.ts";

/** Writes the one log line of a step, and its metrics. */
export function tellStep(step: "plan" | "segment" | "finish", report: SegmentReport): void {
  const { run, kind, answer, isResume, isOvertaken = false, committed } = report;
  const { runId, attempt, headSequence: sequence } = run;
  logger.info(`${step} ${kind}`, { runId, attempt, sequence, ...answer, isResume, isOvertaken, ...committed });
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
}

import type { Context } from "aws-lambda";
import { parseExecutionEvent } from "../lib/cloud/execution-event.ts";
import { recordExecutionEnd } from "../lib/run/execution-end.ts";
import { functionStores } from "./function-stores.ts";
import { metricNames } from "./metric-names.ts";
import { parseStatusEnv } from "./status-env.ts";
import { logger, MetricUnit, metrics } from "./telemetry.ts";

const stores = functionStores(parseStatusEnv(process.env));

/** Records that an execution failed, timed out or was aborted. */
export async function handler(event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  const { runId, end } = parseExecutionEvent(event);
  const run = await recordExecutionEnd(runId, end, await stores);
  const { attempt, headSequence: sequence, reason } = run ?? {};
  logger.info(run === undefined ? "status unchanged" : `status ${run.status}`, { runId, attempt, sequence, reason });
  if (run?.status !== "failed") return;
  metrics.addMetric(metricNames.failedRuns, MetricUnit.Count, 1);
  if (reason?.name === "DeterminismViolationError")
    metrics.addMetric(metricNames.determinismViolations, MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}

import type { Context } from "aws-lambda";
import { parseExecutionEvent } from "../lib/cloud/execution-event.ts";
import { recordExecutionEnd } from "../lib/run/execution-end.ts";
import { openAwsStores } from "../lib/stores/aws/stores.ts";
import { metricNames } from "./metric-names.ts";
import { parseStatusEnv } from "./status-env.ts";
import { logger, MetricUnit, metrics, tracedClients } from "./telemetry.ts";

const { RUN_TABLE: table, DATA_BUCKET: bucket } = parseStatusEnv(process.env);
const stores = await openAwsStores({ ...tracedClients(), table, bucket });

/** Records that an execution failed, timed out or was aborted. */
export async function handler(event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  const { runId, end } = parseExecutionEvent(event);
  const run = await recordExecutionEnd(runId, end, stores);
  const { attempt, headSequence: sequence, reason } = run ?? {};
  logger.info(run === undefined ? "status unchanged" : `status ${run.status}`, { runId, attempt, sequence, reason });
  if (run?.status !== "failed") return;
  metrics.addMetric(metricNames.failedRuns, MetricUnit.Count, 1);
  if (reason?.name === "DeterminismViolationError")
    metrics.addMetric(metricNames.determinismViolations, MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}

import type { Context } from "aws-lambda";
import { parseExecutionEvent } from "../lib/cloud/execution-event.ts";
import { openExecutionWorkflow } from "../lib/cloud/execution-workflow.ts";
import { recordSweepEnd } from "../lib/cloud/sweep-execution-end.ts";
import { type ExecutionEnd, recordExecutionEnd } from "../lib/run/execution-end.ts";
import { awsClients } from "../lib/stores/aws/clients.ts";
import { functionStores } from "./function-stores.ts";
import { metricNames } from "./metric-names.ts";
import { parseStatusEnv } from "./status-env.ts";
import { logger, MetricUnit, metrics, traced } from "./telemetry.ts";

const clients = traced(awsClients());
const stores = functionStores(parseStatusEnv(process.env));

/** Records that an execution failed, timed out or was aborted. */
export async function handler(event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  const ended = parseExecutionEvent(event);
  if ("sweepId" in ended) return recordSweep(ended.sweepId, ended.end);
  const { runId, end } = ended;
  const run = await recordExecutionEnd(runId, end, await stores);
  const { attempt, headSequence: sequence, reason } = run ?? {};
  logger.info(run === undefined ? "status unchanged" : `status ${run.status}`, { runId, attempt, sequence, reason });
  if (run?.status !== "failed") return;
  metrics.addMetric(metricNames.failedRuns, MetricUnit.Count, 1);
  if (reason?.name === "DeterminismViolationError")
    metrics.addMetric(metricNames.determinismViolations, MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}

/** Of a sweep, its runs that were under way are told first how their own executions, a map's children, ended. */
async function recordSweep(sweepId: string, end: ExecutionEnd): Promise<void> {
  const opened = await stores;
  // It only asks about executions by their ARNs, so that of which state machine it is does not matter.
  const { sfn } = await clients;
  const { reconcile } = openExecutionWorkflow({
    sfn,
    stateMachineArn: end.executionArn,
    stores: opened,
    nowMs: Date.now,
  });
  const sweep = await recordSweepEnd(sweepId, end, opened, reconcile);
  const { attempt, reason } = sweep ?? {};
  logger.info(sweep === undefined ? "status unchanged" : `status ${sweep.status}`, { sweepId, attempt, reason });
}

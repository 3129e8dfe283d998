import type { Context } from "aws-lambda";
import { openExecutionWorkflow } from "../lib/cloud/execution-workflow.ts";
import { correctStillRuns } from "../lib/cloud/still-runs.ts";
import { agesOf, runsUnderWay } from "../lib/run/run-ages.ts";
import { awsClients } from "../lib/stores/aws/clients.ts";
import { functionStores } from "./function-stores.ts";
import { metricNames } from "./metric-names.ts";
import { logger, MetricUnit, metrics, traced } from "./telemetry.ts";
import { parseWatchEnv } from "./watch-env.ts";

const { RUN_STATE_MACHINE_ARN: stateMachineArn, ...places } = parseWatchEnv(process.env);
const clients = traced(awsClients());
const stores = functionStores(places);

/** Measures every few minutes how long runs have been under way and how long they have been still, and corrects the records of those whose execution ended unnoticed. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  const opened = await stores;
  const { sfn } = await clients;
  const { reconcile } = openExecutionWorkflow({ sfn, stateMachineArn, stores: opened, nowMs: Date.now });
  const underWay = await runsUnderWay(opened.runs);
  const ended = await correctStillRuns(underWay, reconcile, Date.now());
  const endedIds = new Set(ended.map(({ runId }) => runId));
  for (const { runId, status, attempt, reason } of ended)
    logger.warn("run corrected", { runId, status, attempt, reason });
  const ages = agesOf(
    underWay.filter(({ runId }) => !endedIds.has(runId)),
    Date.now(),
  );
  logger.info("runs under way", ages);
  metrics.addMetric(metricNames.runsUnderWay, MetricUnit.Count, ages.runsUnderWay);
  metrics.addMetric(metricNames.oldestRunSeconds, MetricUnit.Seconds, Math.floor(ages.oldestMs / 1000));
  metrics.addMetric(metricNames.stillRunSeconds, MetricUnit.Seconds, Math.floor(ages.longestStillMs / 1000));
  const failedCount = ended.filter(({ status }) => status === "failed").length;
  if (failedCount > 0) metrics.addMetric(metricNames.failedRuns, MetricUnit.Count, failedCount);
  metrics.publishStoredMetrics();
}

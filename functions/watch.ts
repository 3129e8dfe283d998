import type { Context } from "aws-lambda";
import { openExecutionWorkflow } from "../lib/cloud/execution-workflow.ts";
import { type Corrections, correctStill } from "../lib/cloud/still-records.ts";
import { isSweepUnderWay } from "../lib/cloud/sweep-execution-hold.ts";
import { openSweepExecutionWorkflow } from "../lib/cloud/sweep-execution-workflow.ts";
import { agesOf, runsUnderWay } from "../lib/run/run-ages.ts";
import { isUnderWay } from "../lib/run/run-status.ts";
import type { RunRecord } from "../lib/run/run-store.ts";
import { awsClients } from "../lib/stores/aws/clients.ts";
import { sweepsUnderWay } from "../lib/sweep/sweeps-under-way.ts";
import { functionStores } from "./function-stores.ts";
import { metricNames } from "./metric-names.ts";
import { logger, MetricUnit, metrics, traced } from "./telemetry.ts";
import { parseWatchEnv } from "./watch-env.ts";

const { RUN_STATE_MACHINE_ARN, SWEEP_STATE_MACHINE_ARN, ...places } = parseWatchEnv(process.env);
const clients = traced(awsClients());
const stores = functionStores(places);

/** What is left of the time then is for what was begun, and for telling. */
const lateMs = 15_000;

/** Measures every few minutes how long runs have been under way and how long they have been still, and corrects the records of runs and sweeps whose execution ended unnoticed. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  const opened = await stores;
  const { sfn } = await clients;
  const common = { sfn, stores: opened, nowMs: Date.now };
  const runs = openExecutionWorkflow({ ...common, stateMachineArn: RUN_STATE_MACHINE_ARN });
  const sweeps = openSweepExecutionWorkflow({ ...common, stateMachineArn: SWEEP_STATE_MACHINE_ARN, runs });
  const isLate = () => context.getRemainingTimeInMillis() < lateMs;

  const underWay = await runsUnderWay(opened.runs);
  const asking = { reconcile: runs.reconcile, isUnderWay, nowMs: Date.now(), isLate };
  const corrected = await correctStill(underWay, asking);
  tell("run", corrected);
  measure(underWay, corrected.ended);

  const ofSweeps = { reconcile: sweeps.reconcile, isUnderWay: isSweepUnderWay, nowMs: Date.now(), isLate };
  tell("sweep", await correctStill(await sweepsUnderWay(opened.sweeps), ofSweeps));
}

type Told = {
  readonly runId?: string;
  readonly sweepId?: string;
  readonly status: string;
  readonly attempt: number;
  readonly reason?: { readonly name: string; readonly message: string };
};

function tell(what: "run" | "sweep", { ended, unanswered }: Corrections<Told>): void {
  for (const { runId, sweepId, status, attempt, reason } of ended)
    logger.warn(`${what} corrected`, { runId, sweepId, status, attempt, reason });
  for (const { entry, error } of unanswered) {
    const { runId, sweepId, status, attempt } = entry;
    logger.error(`${what} not corrected`, { runId, sweepId, status, attempt, error });
  }
}

function measure(underWay: readonly RunRecord[], ended: readonly RunRecord[]): void {
  const endedIds = new Set(ended.map(({ runId }) => runId));
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

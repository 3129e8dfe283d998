import type { Context } from "aws-lambda";
import { runAges } from "../lib/run/run-ages.ts";
import { functionStores } from "./function-stores.ts";
import { metricNames } from "./metric-names.ts";
import { logger, MetricUnit, metrics } from "./telemetry.ts";
import { parseWatchEnv } from "./watch-env.ts";

const stores = functionStores(parseWatchEnv(process.env));

/** Measures every few minutes how long runs have been under way, and how long they have been still. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  const { runsUnderWay, oldestMs, longestStillMs } = await runAges((await stores).runs, Date.now());
  logger.info("runs under way", { runsUnderWay, oldestMs, longestStillMs });
  metrics.addMetric(metricNames.runsUnderWay, MetricUnit.Count, runsUnderWay);
  metrics.addMetric(metricNames.oldestRunSeconds, MetricUnit.Seconds, Math.floor(oldestMs / 1000));
  metrics.addMetric(metricNames.stillRunSeconds, MetricUnit.Seconds, Math.floor(longestStillMs / 1000));
  metrics.publishStoredMetrics();
}

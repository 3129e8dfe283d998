import type { Context } from "aws-lambda";
import { parseStepCall } from "../lib/run/execution-call.ts";
import { type StepAnswer, segmentStep } from "../lib/run/execution-steps.ts";
import { openAwsStores } from "../lib/stores/aws/stores.ts";
import { invocationClock } from "./invocation-clock.ts";
import { parseSegmentEnv } from "./segment-env.ts";
import { tellStep } from "./step-telemetry.ts";
import { logger, tracedClients } from "./telemetry.ts";

const { RUN_TABLE: table, DATA_BUCKET: bucket } = parseSegmentEnv(process.env);
const stores = await openAwsStores({ ...tracedClients(), table, bucket });

/** One segment of a run. */
export async function handler(event: unknown, context: Context): Promise<StepAnswer> {
  logger.addContext(context);
  const report = await segmentStep(parseStepCall(event), invocationClock(context), stores);
  tellStep("segment", report);
  return report.answer;
}

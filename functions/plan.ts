import type { Context } from "aws-lambda";
import { parseStepCall } from "../lib/run/execution-call.ts";
import { planStep, type StepAnswer } from "../lib/run/execution-steps.ts";
import { openAwsStores } from "../lib/stores/aws/stores.ts";
import { invocationClock } from "./invocation-clock.ts";
import { parsePlanEnv } from "./plan-env.ts";
import { tellStep } from "./step-telemetry.ts";
import { logger, tracedClients } from "./telemetry.ts";

const { RUN_TABLE: table, DATA_BUCKET: bucket } = parsePlanEnv(process.env);
const stores = await openAwsStores({ ...tracedClients(), table, bucket });

/** First step of an execution. */
export async function handler(event: unknown, context: Context): Promise<StepAnswer> {
  logger.addContext(context);
  const report = await planStep(parseStepCall(event), invocationClock(context), stores);
  tellStep("plan", report);
  return report.answer;
}

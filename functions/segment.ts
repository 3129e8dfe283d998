import type { Context } from "aws-lambda";
import { parseStepCall } from "../lib/run/execution-call.ts";
import { type StepAnswer, segmentStep } from "../lib/run/execution-steps.ts";
import { functionStores } from "./function-stores.ts";
import { invocationClock } from "./invocation-clock.ts";
import { parseSegmentEnv } from "./segment-env.ts";
import { tellStep } from "./step-telemetry.ts";
import { logger } from "./telemetry.ts";

const stores = functionStores(parseSegmentEnv(process.env));

/** One segment of a run. */
export async function handler(event: unknown, context: Context): Promise<StepAnswer> {
  logger.addContext(context);
  const report = await segmentStep(parseStepCall(event), invocationClock(context), await stores);
  tellStep("segment", report);
  return report.answer;
}

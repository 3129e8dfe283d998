import type { Context } from "aws-lambda";
import { parseStepCall } from "../lib/run/execution-call.ts";
import { planStep } from "../lib/run/execution-steps.ts";
import type { PlanReport } from "../lib/run/step-report.ts";
import { functionStores } from "./function-stores.ts";
import { invocationClock } from "./invocation-clock.ts";
import { parsePlanEnv } from "./plan-env.ts";
import { tellStep } from "./step-telemetry.ts";
import { logger } from "./telemetry.ts";

const stores = functionStores(parsePlanEnv(process.env));

/** First step of an execution. */
export async function handler(event: unknown, context: Context): Promise<PlanReport["answer"]> {
  logger.addContext(context);
  return tellStep("plan", await planStep(parseStepCall(event), invocationClock(context), await stores));
}

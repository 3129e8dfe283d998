import type { Context } from "aws-lambda";
import { indexLanes } from "../lib/cloud/sweep-execution-items.ts";
import { parseStepCall } from "../lib/run/execution-call.ts";
import { type FinishAnswer, finishAnswer, finishStep } from "../lib/run/execution-steps.ts";
import { parseFinishEnv } from "./finish-env.ts";
import { functionStores } from "./function-stores.ts";
import { invocationClock } from "./invocation-clock.ts";
import { tellStep } from "./step-telemetry.ts";
import { logger } from "./telemetry.ts";

const stores = functionStores(parseFinishEnv(process.env));

/** Last step of an execution. */
export async function handler(event: unknown, context: Context): Promise<FinishAnswer> {
  logger.addContext(context);
  const report = await finishStep(parseStepCall(event), invocationClock(context), await stores);
  await indexLanes(event, report.run, await stores);
  tellStep("finish", report);
  return finishAnswer(report.run);
}

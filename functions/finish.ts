import type { Context } from "aws-lambda";
import { parseStepCall } from "../lib/run/execution-call.ts";
import { type FinishAnswer, finishAnswer, finishStep } from "../lib/run/execution-steps.ts";
import { openAwsStores } from "../lib/stores/aws/stores.ts";
import { parseFinishEnv } from "./finish-env.ts";
import { invocationClock } from "./invocation-clock.ts";
import { tellStep } from "./step-telemetry.ts";
import { logger, tracedClients } from "./telemetry.ts";

const { RUN_TABLE: table, DATA_BUCKET: bucket } = parseFinishEnv(process.env);
const stores = await openAwsStores({ ...tracedClients(), table, bucket });

/** Last step of an execution. */
export async function handler(event: unknown, context: Context): Promise<FinishAnswer> {
  logger.addContext(context);
  const report = await finishStep(parseStepCall(event), invocationClock(context), stores);
  tellStep("finish", report);
  return finishAnswer(report.run);
}

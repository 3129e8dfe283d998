import type { Context } from "aws-lambda";
import { parseSweepCall } from "../lib/cloud/sweep-execution-call.ts";
import { expandStep, type SweepAnswer } from "../lib/cloud/sweep-execution-steps.ts";
import { parseExpandEnv } from "./expand-env.ts";
import { functionStores } from "./function-stores.ts";
import { tellSweepStep } from "./sweep-telemetry.ts";
import { logger } from "./telemetry.ts";

const stores = functionStores(parseExpandEnv(process.env));

/** First step of a sweep's execution. */
export async function handler(event: unknown, context: Context): Promise<SweepAnswer> {
  logger.addContext(context);
  const report = await expandStep(parseSweepCall(event), Date.now(), await stores);
  return tellSweepStep("expand", report);
}

import type { Context } from "aws-lambda";
import { parseSweepCall } from "../lib/cloud/sweep-execution-call.ts";
import { type SweepAnswer, stitchStep } from "../lib/cloud/sweep-execution-steps.ts";
import { functionStores } from "./function-stores.ts";
import { parseStitchEnv } from "./stitch-env.ts";
import { tellSweepStep } from "./sweep-telemetry.ts";
import { logger } from "./telemetry.ts";

const stores = functionStores(parseStitchEnv(process.env));

/** Last step of a sweep's execution. */
export async function handler(event: unknown, context: Context): Promise<SweepAnswer> {
  logger.addContext(context);
  const report = await stitchStep(parseSweepCall(event), Date.now, await stores);
  return tellSweepStep("stitch", report);
}

import type { Context } from "aws-lambda";
import { parseSweepCall } from "../lib/cloud/sweep-execution-call.ts";
import { type SweepAnswer, selectStep } from "../lib/cloud/sweep-execution-steps.ts";
import { functionStores } from "./function-stores.ts";
import { parseSelectEnv } from "./select-env.ts";
import { tellSweepStep } from "./sweep-telemetry.ts";
import { logger } from "./telemetry.ts";

const stores = functionStores(parseSelectEnv(process.env));

/** The step of a sweep after each of its maps. */
export async function handler(event: unknown, context: Context): Promise<SweepAnswer> {
  logger.addContext(context);
  const report = await selectStep(parseSweepCall(event), Date.now(), await stores);
  return tellSweepStep("select", report);
}

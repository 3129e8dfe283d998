import type { Context } from "aws-lambda";
import { answerStep, measureStep } from "../lib/run/asking-steps.ts";
import { parseWorkCall } from "../lib/run/execution-call.ts";
import { segmentStep } from "../lib/run/execution-steps.ts";
import type { StepAnswer } from "../lib/run/step-report.ts";
import type { StretchAnswers } from "../lib/run/stored-answers.ts";
import type { AskingPlan } from "../lib/run/stretches.ts";
import { functionStores } from "./function-stores.ts";
import { invocationClock } from "./invocation-clock.ts";
import { parseSegmentEnv } from "./segment-env.ts";
import { tellAnswers, tellMeasure, tellStep } from "./step-telemetry.ts";
import { logger } from "./telemetry.ts";

const stores = functionStores(parseSegmentEnv(process.env));

/** One segment of a run; or, before it, what its models are asked ahead of it. */
export async function handler(event: unknown, context: Context): Promise<StepAnswer | AskingPlan | StretchAnswers> {
  logger.addContext(context);
  const call = parseWorkCall(event);
  const clock = invocationClock(context);
  switch (call.step) {
    case "segment":
      return tellStep("segment", await segmentStep(call, clock, await stores));
    case "measure":
      return tellMeasure(await measureStep(call, clock, await stores));
    case "answer":
      return tellAnswers(await answerStep(call, clock, await stores));
  }
}

import type { Context } from "aws-lambda";
import type { StepClock } from "../lib/run/near-deadline.ts";

/** The time of an invocation, and what is left of it. */
export function invocationClock(context: Context): StepClock {
  return { nowMs: Date.now, remainingMs: () => context.getRemainingTimeInMillis() };
}

import type { SweepAnswer, SweepReport } from "../lib/cloud/sweep-execution-steps.ts";
import { logger } from "./telemetry.ts";

/** Writes the one log line of a sweep's step; returns its answer. */
export function tellSweepStep(
  step: "expand" | "select" | "stitch",
  { answer, sweep: { sweepId, attempt, status, counts } }: SweepReport,
): SweepAnswer {
  logger.info(`${step} ${answer.next}`, { sweepId, attempt, status, ...counts });
  return answer;
}

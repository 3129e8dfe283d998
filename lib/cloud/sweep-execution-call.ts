import { z } from "zod";
import { StepCallError } from "../run/execution-call.ts";

/**
 * What the workflow tells a step of a sweep: which sweep, and on whose behalf. `startedAt` is when the execution was started or redriven last; `items` names the
 * list of runs that the map before this step has done.
 */
export type SweepCall = {
  readonly sweepId: string;
  readonly executionArn: string;
  readonly startedAt: string;
  readonly items?: string;
};

const sweepCall = z.object({
  sweepId: z.string().min(1).max(100),
  executionArn: z.string().min(1).max(2_048),
  startedAt: z.iso.datetime({ offset: true }),
  items: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional(),
});

/** The call that a step's event makes; throws StepCallError naming the field. */
export function parseSweepCall(event: unknown): SweepCall {
  const parsed = sweepCall.safeParse(event);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "event"}: ${message}`);
  throw new StepCallError(
    `A step of a sweep expects { sweepId, executionArn, startedAt } and found: ${faults.join("; ")}. Start sweeps through the API, or start the state machine with { "sweepId": … }.`,
  );
}

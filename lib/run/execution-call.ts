import { z } from "zod";
import { InputError } from "../engine/input-error.ts";

/**
 * What the workflow tells a step: which run, and on whose behalf. `startedAt` is when the execution was started or, if it was redriven, redriven last
 * (`RedriveTime`, else `StartTime`, of the context object), so that a late delivery is told from a redrive.
 */
export type StepCall = { readonly runId: string; readonly executionArn: string; readonly startedAt: string };

/** The first step of an execution; `continues` names the execution that it carries on. */
export type PlanCall = StepCall & { readonly continues?: string };

/** A step was invoked with something else than the workflow sends. */
export class StepCallError extends InputError {
  override readonly name = "StepCallError";
}

const stepCall = z.object({
  runId: z.string().min(1).max(100),
  executionArn: z.string().min(1).max(2_048),
  startedAt: z.iso.datetime({ offset: true }),
  continues: z.string().min(1).max(2_048).exactOptional(),
});

/** The call that a step's event makes; throws StepCallError naming the field. */
export function parseStepCall(event: unknown): PlanCall {
  const parsed = stepCall.safeParse(event);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "event"}: ${message}`);
  throw new StepCallError(
    `A step expects { runId, executionArn, startedAt } and found: ${faults.join("; ")}. Start runs through the API, or start the state machine with { "runId": … }.`,
  );
}

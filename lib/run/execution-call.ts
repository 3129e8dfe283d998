import { z } from "zod";
import { InputError } from "../engine/input-error.ts";
import type { BarRange, StretchAnswers } from "./stored-answers.ts";

/**
 * What the workflow tells a step: which run, and on whose behalf. `startedAt` is when the execution was started or, if it was redriven, redriven last
 * (`RedriveTime`, else `StartTime`, of the context object), so that a late delivery is told from a redrive.
 */
export type StepCall = { readonly runId: string; readonly executionArn: string; readonly startedAt: string };

/** What a workflow knows of the models of a run: how far it is decided how they are asked, and what was answered ahead, in the order of the bars. */
export type Asked = { readonly toBar: number; readonly answers: readonly StretchAnswers[] };

/** The first step of an execution; `continues` names the execution that it carries on, and `asked` is there where the workflow can ask models ahead. */
export type PlanCall = StepCall & { readonly continues?: string; readonly asked?: Asked };

/** A segment, over what was answered ahead. */
export type SegmentCall = StepCall & { readonly asked?: Asked };

/** The question how the models of the next bars are to be asked, where so many invocations can answer at once. */
export type MeasureCall = StepCall & { readonly atOnce: number };

/** A stretch of bars to ask about. */
export type AnswerCall = StepCall & BarRange;

/** What the function of segments may be asked for. */
export type WorkCall =
  | (SegmentCall & { readonly step: "segment" })
  | (MeasureCall & { readonly step: "measure" })
  | (AnswerCall & { readonly step: "answer" });

/** A step was invoked with something else than the workflow sends. */
export class StepCallError extends InputError {
  override readonly name = "StepCallError";
}

const stepCall = z.object({
  runId: z.string().min(1).max(100),
  executionArn: z.string().min(1).max(2_048),
  startedAt: z.iso.datetime({ offset: true }),
});

const bar = z.int().min(0);
const stretchAnswers = z.object({ startBar: bar, endBar: bar, index: z.string().regex(/^[0-9a-f]{64}$/) });
const asked = z.object({ toBar: bar, answers: z.array(stretchAnswers).max(100) }).exactOptional();

const planCall = stepCall.extend({ continues: z.string().min(1).max(2_048).exactOptional(), asked });

const workCall = z.preprocess(
  (event) =>
    typeof event === "object" && event !== null && !("step" in event) ? { ...event, step: "segment" } : event,
  z.discriminatedUnion("step", [
    stepCall.extend({ step: z.literal("segment"), asked }),
    stepCall.extend({ step: z.literal("measure"), atOnce: z.int().min(1).max(40) }),
    stepCall.extend({ step: z.literal("answer"), startBar: bar, endBar: bar }),
  ]),
);

/** The call that a step's event makes; throws StepCallError naming the field. */
export function parseStepCall(event: unknown): PlanCall {
  return accepted(planCall.safeParse(event));
}

/** The call that an event of the function of segments makes: a segment, unless it says another step. Throws StepCallError naming the field. */
export function parseWorkCall(event: unknown): WorkCall {
  return accepted(workCall.safeParse(event));
}

function accepted<Call>(parsed: z.ZodSafeParseResult<Call>): Call {
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "event"}: ${message}`);
  throw new StepCallError(
    `A step expects { runId, executionArn, startedAt } and found: ${faults.join("; ")}. Start runs through the API, or start the state machine with { "runId": … }.`,
  );
}

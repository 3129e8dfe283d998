import { z } from "zod";
import { InputError } from "../engine/input-error.ts";
import type { ExecutionEnd } from "../run/execution-end.ts";

/** How the execution of a run or a sweep ended, as EventBridge tells it. */
export type ExecutionEvent =
  | { readonly runId: string; readonly end: ExecutionEnd }
  | { readonly sweepId: string; readonly end: ExecutionEnd };

/** An event that is not the end of a run's or a sweep's execution. */
export class ExecutionEventError extends InputError {
  override readonly name = "ExecutionEventError";
}

const statusChange = z.object({
  detail: z.object({
    executionArn: z.string(),
    status: z.enum(["FAILED", "TIMED_OUT", "ABORTED"]),
    stopDate: z.number(),
    input: z.string(),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
});
const executionInput = z.union([z.object({ runId: z.string() }), z.object({ sweepId: z.string() })], {
  error: "expected a runId or a sweepId",
});

/** Reads the event "Step Functions Execution Status Change"; throws ExecutionEventError naming the field. */
export function parseExecutionEvent(event: unknown): ExecutionEvent {
  const { detail } = accept(
    statusChange,
    event,
    "a status change of an execution that failed, timed out or was aborted",
  );
  const { executionArn, status, stopDate, error, cause } = detail;
  const computed = accept(executionInput, jsonOf(detail.input), "detail.input to be JSON with a runId or a sweepId");
  return {
    ...computed,
    end: {
      executionArn,
      status,
      stoppedAtMs: stopDate,
      ...(typeof error === "string" && { error }),
      ...(typeof cause === "string" && { cause }),
    },
  };
}

function accept<T>(schema: z.ZodType<T>, value: unknown, wanted: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const found = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "value"}: ${message}`).join("; ");
  throw new ExecutionEventError(
    `Expected ${wanted}, found: ${found}. The rule is to match the state machines of runs and sweeps only.`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

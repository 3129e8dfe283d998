import { z } from "zod";
import type { RunStores } from "./opened-run.ts";
import { isUnderWay } from "./run-status.ts";
import type { RunRecord, RunStatus } from "./run-store.ts";

/** How a workflow execution ended without finishing its run. */
export type ExecutionEnd = {
  readonly executionArn: string;
  readonly status: "FAILED" | "TIMED_OUT" | "ABORTED";
  readonly error?: string;
  /** A text; of a failed function, JSON with `errorMessage`. */
  readonly cause?: string;
  readonly stoppedAtMs: number;
};

/**
 * Writes the end of an execution to its run: failed, or cancelled when it was aborted, with the error's name and message as the reason. Changes nothing, and
 * returns undefined, when the record names another execution, the run ended already, or the execution was redriven since.
 */
export async function recordExecutionEnd(
  runId: string,
  end: ExecutionEnd,
  stores: RunStores,
): Promise<RunRecord | undefined> {
  const run = await stores.runs.getRun(runId);
  if (run === undefined || run.executionArn !== end.executionArn || !isUnderWay(run)) return undefined;
  // An attempt begun after the end is a redrive's; it says "resuming" until its first commit.
  if (run.status === "resuming" && run.updatedAtMs > end.stoppedAtMs) return undefined;
  const to: RunStatus = end.status === "ABORTED" ? "cancelled" : "failed";
  const reason = reasonOf(end);
  const { attempt, headBar } = run;
  const change = {
    runId,
    attempt,
    from: ["running", "resuming", "cancelling"],
    to,
    reason,
    atMs: end.stoppedAtMs,
  } as const;
  if (!(await stores.runs.setStatus(change))) return undefined;
  const message = `${reason.name}: ${reason.message}`;
  await stores.runs.appendEvent({ runId, atMs: end.stoppedAtMs, attempt, kind: to, barIndex: headBar, message });
  return stores.runs.getRun(runId);
}

/** Name and message of the error that ended an execution. */
export function reasonOf({ status, error, cause }: ExecutionEnd): { readonly name: string; readonly message: string } {
  switch (status) {
    case "FAILED":
      return { name: error ?? "ExecutionFailed", message: messageOf(cause) ?? "The execution failed without a cause." };
    case "TIMED_OUT":
      return {
        name: error ?? "ExecutionTimedOut",
        message: messageOf(cause) ?? "The execution timed out. Resume the run: it goes on from its last checkpoint.",
      };
    case "ABORTED":
      return { name: error ?? "Aborted", message: messageOf(cause) ?? "The execution was stopped." };
  }
}

const functionFailure = z.object({ errorMessage: z.string() });

/** The message in a function's failure; any other cause as it is. */
function messageOf(cause: string | undefined): string | undefined {
  if (cause === undefined || cause === "") return undefined;
  try {
    const parsed = functionFailure.safeParse(JSON.parse(cause));
    return parsed.success ? parsed.data.errorMessage : cause;
  } catch (error) {
    if (error instanceof SyntaxError) return cause;
    throw error;
  }
}

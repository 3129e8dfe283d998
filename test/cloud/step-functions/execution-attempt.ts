import type { Account } from "./account.ts";
import type { Machine } from "./definition.ts";
import type { Execution } from "./execution.ts";
import { Halt, StateError } from "./failures.ts";
import { newFrame, resetRetryCounts } from "./frame.ts";
import { History } from "./history.ts";
import { runFrame } from "./interpreter.ts";
import { errorDetails } from "./task.ts";
import { abortAfter } from "./waiting.ts";

/** Starts an execution of an identity that nobody has yet. */
export function beginExecution(
  account: Account,
  identity: Pick<
    Execution,
    | "arn"
    | "name"
    | "stateMachineArn"
    | "stateMachineName"
    | "revisionId"
    | "roleArn"
    | "input"
    | "inputText"
    | "mapRun"
  > & { readonly definition: Machine },
): Execution {
  const execution: Execution = {
    ...identity,
    startDateMs: account.now(),
    history: new History(account.historyEvents, account.now),
    root: newFrame(identity.definition, identity.input, { lastEventId: 0 }),
    status: "RUNNING",
    redriveCount: 0,
    controller: new AbortController(),
    done: Promise.resolve(),
  };
  // The first state follows event 0 on AWS, not ExecutionStarted.
  execution.history.add({ lastEventId: 0 }, "ExecutionStarted", {
    input: identity.inputText,
    roleArn: identity.roleArn,
  });
  // Reusing a name after 90 days makes the execution the newest in the order of the map.
  account.executions.delete(execution.arn);
  account.executions.set(execution.arn, execution);
  launch(account, execution);
  return execution;
}

/** Lets an execution go on at the states where it failed, whatever its age, with its retries counted anew. */
export function continueExecution(account: Account, execution: Execution): void {
  execution.redriveCount += 1;
  execution.redriveDateMs = account.now();
  execution.status = "RUNNING";
  execution.stopDateMs = undefined;
  execution.error = undefined;
  execution.cause = undefined;
  execution.controller = new AbortController();
  resetRetryCounts(execution.root);
  execution.history.add({ lastEventId: execution.history.events.length }, "ExecutionRedriven", {
    redriveCount: execution.redriveCount,
  });
  execution.root.lastEventId = execution.history.events.length;
  launch(account, execution);
}

/** Writes the end of an attempt down and announces it. */
export function settle(
  account: Account,
  execution: Execution,
  end: Pick<Execution, "status" | "outputText" | "error" | "cause">,
): void {
  Object.assign(execution, end, { stopDateMs: account.now() });
  account.announce(execution);
}

function launch(account: Account, execution: Execution): void {
  account.announce(execution);
  execution.done = drive(account, execution);
}

async function drive(account: Account, execution: Execution): Promise<void> {
  const { history, root, controller } = execution;
  const { timeoutSeconds } = execution.definition;
  const timedOut = new Halt("TIMED_OUT", "States.Timeout", undefined);
  const callOff = timeoutSeconds === undefined ? undefined : abortAfter(controller, timeoutSeconds, timedOut);
  try {
    const output = root.output ?? (await runFrame(account, execution, { frame: root, signal: controller.signal }));
    const outputText = JSON.stringify(output);
    history.add(root, "ExecutionSucceeded", { output: outputText });
    settle(account, execution, { status: "SUCCEEDED", outputText });
  } catch (failure) {
    const { status, error, reason } = endOf(failure);
    const type = { FAILED: "ExecutionFailed", ABORTED: "ExecutionAborted", TIMED_OUT: "ExecutionTimedOut" }[status];
    history.add(root, type, errorDetails({ error, reason }));
    settle(account, execution, { status, error, cause: reason });
  } finally {
    callOff?.();
  }
}

function endOf(failure: unknown): Pick<Halt, "status" | "error" | "reason"> {
  if (failure instanceof Halt) return failure;
  if (failure instanceof StateError) return { status: "FAILED", error: failure.error, reason: failure.reason };
  const reason = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
  return { status: "FAILED", error: "States.Runtime", reason: `A fault of the test server: ${reason}` };
}

import { randomUUID } from "node:crypto";
import type { Account } from "./account.ts";
import { executionArn, stateMachineArn } from "./arns.ts";
import type { Machine, Scope } from "./definition.ts";
import type { Execution } from "./execution.ts";
import { ApiError, Halt, StateError } from "./failures.ts";
import { refuseDeleting, requireMachine } from "./find-machine.ts";
import { newFrame, resetRetryCounts } from "./frame.ts";
import { History } from "./history.ts";
import { runFrame } from "./interpreter.ts";
import { type Json, parseJson } from "./json.ts";
import type { MapRun } from "./map-run.ts";
import { checkName } from "./names.ts";
import { redrivability } from "./redrivability.ts";
import { errorDetails } from "./task.ts";
import { abortAfter } from "./waiting.ts";

const nameKeptMs = 90 * 86_400_000;
const maxInputBytes = 262_144;

/** Starts an execution; the same name and input while it runs give the same execution, any other use of a name within 90 days is refused. */
export function startExecution(
  account: Account,
  request: { readonly stateMachineArn: string; readonly name: string | undefined; readonly inputText: string },
): Execution {
  const { inputText, name = randomUUID() } = request;
  checkName(name);
  const input = parseJson(inputText);
  if (input === undefined)
    throw new ApiError("InvalidExecutionInput", `Invalid State Machine Execution Input: '${inputText.slice(0, 200)}'`);
  if (Buffer.byteLength(inputText) > maxInputBytes) {
    throw new ApiError("ValidationException", `The input is larger than ${maxInputBytes} bytes.`);
  }
  const machine = requireMachine(account, request.stateMachineArn);
  refuseDeleting(machine);
  const arn = executionArn(account.place, machine.name, name);
  const known = account.executions.get(arn);
  if (known !== undefined && (known.stopDateMs === undefined || account.now() - known.stopDateMs < nameKeptMs)) {
    if (known.status === "RUNNING" && known.inputText === inputText) return known;
    throw new ApiError("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
  }
  const { definition, revisionId, roleArn } = machine;
  return begin(account, {
    arn,
    name,
    stateMachineArn: machine.arn,
    stateMachineName: machine.name,
    revisionId,
    roleArn,
    definition,
    input,
    inputText,
  });
}

/** Starts the child of a map run for one item. */
export function startChild(
  account: Account,
  child: { readonly parent: Execution; readonly mapRun: MapRun; readonly scope: Scope; readonly input: Json },
): Execution {
  const { parent, mapRun, scope, input } = child;
  const machine = `${parent.stateMachineName}/${mapRun.label}`;
  const name = randomUUID();
  return begin(account, {
    arn: executionArn(account.place, machine, name),
    name,
    stateMachineArn: stateMachineArn(account.place, machine),
    stateMachineName: machine,
    revisionId: parent.revisionId,
    roleArn: parent.roleArn,
    definition: scope,
    input,
    inputText: JSON.stringify(input),
    mapRun,
  });
}

/** Ends an execution as ABORTED and waits until it has ended; one that has ended already stays as it is. */
export async function stopExecution(
  account: Account,
  execution: Execution,
  { error, cause }: { readonly error: string | undefined; readonly cause: string | undefined },
): Promise<void> {
  if (execution.status === "RUNNING") execution.controller.abort(new Halt("ABORTED", error, cause));
  if (execution.status === "PENDING_REDRIVE") settle(account, execution, { status: "ABORTED", error, cause });
  await execution.done;
}

/** Redrives an execution where AWS would; throws ExecutionNotRedrivable with AWS's reason. A repeated client token changes nothing. */
export function redriveExecution(account: Account, execution: Execution, clientToken: string | undefined): void {
  if (clientToken !== undefined && execution.redriveToken === clientToken) return;
  const { status, reason } = redrivability(account, execution);
  if (status !== "REDRIVABLE") {
    throw new ApiError(
      "ExecutionNotRedrivable",
      reason ?? "Execution is redriven by its Map Run and cannot be redriven.",
    );
  }
  execution.redriveToken = clientToken;
  continueExecution(account, execution);
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

function begin(
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

function settle(
  account: Account,
  execution: Execution,
  end: Pick<Execution, "status" | "outputText" | "error" | "cause">,
): void {
  Object.assign(execution, end, { stopDateMs: account.now() });
  account.announce(execution);
}

import type { Account } from "./account.ts";
import type { Execution } from "./execution.ts";
import { startExecution, stopExecution } from "./execution-life.ts";
import { ApiError, StateError } from "./failures.ts";
import { type Json, type JsonObject, parseJson } from "./json.ts";
import type { Run } from "./run.ts";
import { taskParameters } from "./task-parameters.ts";

/** The integration `states:startExecution`: starts and does not wait. */
export async function startExecutionTask(account: Account, parameters: Json): Promise<Json> {
  return startedDocument(started(account, parameters));
}

/** The integration `states:startExecution.sync:2`: waits for the end, whose output is JSON; an end without success is States.TaskFailed. */
export async function startExecutionSyncTask(
  run: Run,
  parameters: Json,
  submitted: (output: Json) => void,
): Promise<Json> {
  const execution = started(run.account, parameters);
  submitted(startedDocument(execution));
  const stop = () => void stopExecution(run.account, execution, { error: undefined, cause: "The parent was stopped." });
  run.signal.addEventListener("abort", stop, { once: true });
  await execution.done;
  run.signal.removeEventListener("abort", stop);
  const document = endedDocument(execution);
  if (execution.status !== "SUCCEEDED") throw new StateError("States.TaskFailed", JSON.stringify(document));
  return document;
}

function started(account: Account, parameters: Json): Execution {
  const { StateMachineArn, Name, Input } = taskParameters("startExecution", parameters);
  try {
    return startExecution(account, {
      stateMachineArn: String(StateMachineArn),
      name: Name === undefined ? undefined : String(Name),
      inputText: Input === undefined ? "{}" : JSON.stringify(Input),
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new StateError(`StepFunctions.${error.type.replace(/Exception$/, "")}Exception`, error.message);
  }
}

function startedDocument({ arn, startDateMs }: Execution): JsonObject {
  return { ExecutionArn: arn, StartDate: startDateMs };
}

function endedDocument(execution: Execution): JsonObject {
  const { outputText, error, cause } = execution;
  return {
    ExecutionArn: execution.arn,
    Input: execution.input,
    InputDetails: { Included: true },
    Name: execution.name,
    StartDate: execution.startDateMs,
    StateMachineArn: execution.stateMachineArn,
    Status: execution.status,
    StopDate: execution.stopDateMs ?? execution.startDateMs,
    ...(outputText === undefined ? {} : { Output: parseJson(outputText) ?? null, OutputDetails: { Included: true } }),
    ...(error === undefined ? {} : { Error: error }),
    ...(cause === undefined ? {} : { Cause: cause }),
  };
}

import type { Account } from "./account.ts";
import type { Execution } from "./execution.ts";
import { executionDocument } from "./execution-document.ts";
import { redriveExecution, startExecution, stopExecution } from "./execution-life.ts";
import { ApiError } from "./failures.ts";
import { requireMachine } from "./find-machine.ts";
import { historyEventDocument } from "./history.ts";
import type { Json, JsonObject } from "./json.ts";
import { page } from "./paging.ts";
import { optionalChoice, optionalStringField, refuseFields, requiredArn } from "./request.ts";

const statuses = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"];

/** StartExecution. */
export function startExecutionAction(account: Account, request: JsonObject): JsonObject {
  refuseFields(request, ["traceHeader"]);
  const { arn, startDateMs } = startExecution(account, {
    stateMachineArn: requiredArn(request, "stateMachineArn", "stateMachine"),
    // A name that is too long is answered as InvalidName, like one with characters that are not allowed.
    name: optionalStringField(request, "name", 2 ** 21),
    inputText: optionalStringField(request, "input", 2 ** 21) ?? "{}",
  });
  return { executionArn: arn, startDate: startDateMs / 1000 };
}

/** DescribeExecution. */
export function describeExecution(account: Account, request: JsonObject): JsonObject {
  const withData = optionalChoice(request, "includedData", ["ALL_DATA", "METADATA_ONLY"]) !== "METADATA_ONLY";
  return executionDocument(account, executionNamed(account, request), { withData });
}

/** DescribeStateMachineForExecution: what the execution runs, whatever the machine has become. */
export function describeStateMachineForExecution(account: Account, request: JsonObject): JsonObject {
  const execution = executionNamed(account, request);
  const machine = account.machines.get(execution.stateMachineArn);
  return {
    stateMachineArn: execution.stateMachineArn,
    name: execution.stateMachineName,
    definition: execution.definition.source,
    roleArn: execution.roleArn,
    revisionId: execution.revisionId,
    updateDate: (machine?.updateDateMs ?? execution.startDateMs) / 1000,
    loggingConfiguration: machine?.loggingConfiguration ?? { level: "OFF", includeExecutionData: false },
    tracingConfiguration: machine?.tracingConfiguration ?? { enabled: false },
    ...(execution.mapRun === undefined ? {} : { mapRunArn: execution.mapRun.arn, label: execution.mapRun.label }),
  };
}

/** ListExecutions of a state machine or of a map run, newest first. */
export function listExecutions(account: Account, request: JsonObject): JsonObject {
  const status = optionalChoice(request, "statusFilter", statuses);
  const redriven = optionalChoice(request, "redriveFilter", ["REDRIVEN", "NOT_REDRIVEN"]);
  const isListed = listedBy(account, request);
  const executions = [...account.executions.values()]
    .reverse()
    .filter(
      (execution) =>
        isListed(execution) &&
        (status === undefined || execution.status === status) &&
        (redriven === undefined || execution.redriveCount > 0 === (redriven === "REDRIVEN")),
    );
  const { items, ...rest } = page(request, executions, ({ arn }) => arn);
  return { executions: items.map(listedDocument), ...rest };
}

/** StopExecution: one that has ended keeps its end. */
export async function stopExecutionAction(account: Account, request: JsonObject): Promise<JsonObject> {
  const execution = executionNamed(account, request);
  const error = optionalStringField(request, "error", 256);
  const cause = optionalStringField(request, "cause", 32_768);
  await stopExecution(account, execution, { error, cause });
  return { stopDate: (execution.stopDateMs ?? account.now()) / 1000 };
}

/** RedriveExecution. */
export function redriveExecutionAction(account: Account, request: JsonObject): JsonObject {
  const execution = executionNamed(account, request);
  redriveExecution(account, execution, optionalStringField(request, "clientToken", 64));
  return { redriveDate: (execution.redriveDateMs ?? account.now()) / 1000 };
}

/** GetExecutionHistory. */
export function getExecutionHistory(account: Account, request: JsonObject): JsonObject {
  const { events } = executionNamed(account, request).history;
  const ordered = request.reverseOrder === true ? [...events].reverse() : events;
  const { items, ...rest } = page(request, ordered, ({ id }) => String(id));
  const withData = request.includeExecutionData !== false;
  return { events: items.map((event): Json => historyEventDocument(event, { withData })), ...rest };
}

function listedBy(account: Account, request: JsonObject): (execution: Execution) => boolean {
  const hasMachine = request.stateMachineArn !== undefined;
  const hasMapRun = request.mapRunArn !== undefined;
  if (hasMachine === hasMapRun) {
    throw new ApiError("ValidationException", "Exactly one of stateMachineArn and mapRunArn has to be given.");
  }
  if (hasMapRun) {
    const arn = requiredArn(request, "mapRunArn", "mapRun");
    if (!account.mapRuns.has(arn)) throw new ApiError("ResourceNotFound", `Map Run Does Not Exist: '${arn}'`);
    return ({ mapRun }) => mapRun?.arn === arn;
  }
  const arn = requiredArn(request, "stateMachineArn", "stateMachine");
  requireMachine(account, arn);
  return ({ stateMachineArn, mapRun }) => stateMachineArn === arn && mapRun === undefined;
}

function listedDocument(execution: Execution): Json {
  const { arn, stateMachineArn, name, status, startDateMs, stopDateMs, mapRun, redriveCount, redriveDateMs } =
    execution;
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: startDateMs / 1000,
    redriveCount,
    ...(stopDateMs === undefined ? {} : { stopDate: stopDateMs / 1000 }),
    ...(redriveDateMs === undefined ? {} : { redriveDate: redriveDateMs / 1000 }),
    ...(mapRun === undefined ? {} : { mapRunArn: mapRun.arn, itemCount: 1 }),
  };
}

function executionNamed(account: Account, request: JsonObject): Execution {
  const arn = requiredArn(request, "executionArn", "execution");
  const execution = account.executions.get(arn);
  if (execution === undefined) throw new ApiError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
  return execution;
}

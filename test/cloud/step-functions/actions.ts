import type { Account } from "./account.ts";
import * as executions from "./execution-actions.ts";
import { ApiError } from "./failures.ts";
import type { JsonObject } from "./json.ts";
import * as mapRuns from "./map-run-actions.ts";
import * as machines from "./state-machine-actions.ts";

/** Performs the named action of Step Functions; throws the ApiError that AWS would answer. */
export async function perform(account: Account, action: string, request: JsonObject): Promise<JsonObject> {
  const known = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (known === undefined)
    throw new ApiError("UnknownOperationException", `The operation ${action} is not implemented.`);
  return known(account, request);
}

const actions: Readonly<Record<string, (account: Account, request: JsonObject) => JsonObject | Promise<JsonObject>>> = {
  CreateStateMachine: machines.createStateMachine,
  UpdateStateMachine: machines.updateStateMachine,
  DeleteStateMachine: machines.deleteStateMachine,
  DescribeStateMachine: machines.describeStateMachine,
  ListStateMachines: machines.listStateMachines,
  ListTagsForResource: machines.listTagsForResource,
  StartExecution: executions.startExecutionAction,
  DescribeExecution: executions.describeExecution,
  DescribeStateMachineForExecution: executions.describeStateMachineForExecution,
  ListExecutions: executions.listExecutions,
  StopExecution: executions.stopExecutionAction,
  RedriveExecution: executions.redriveExecutionAction,
  GetExecutionHistory: executions.getExecutionHistory,
  DescribeMapRun: mapRuns.describeMapRun,
  ListMapRuns: mapRuns.listMapRuns,
  UpdateMapRun: mapRuns.updateMapRun,
};

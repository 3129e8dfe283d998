import { randomUUID } from "node:crypto";
import type { Account, StateMachine } from "./account.ts";
import { stateMachineArn } from "./arns.ts";
import { parseDefinition } from "./definition-check.ts";
import { ApiError } from "./failures.ts";
import { findMachine, refuseDeleting, requireMachine } from "./find-machine.ts";
import type { Json, JsonObject } from "./json.ts";
import { checkName } from "./names.ts";
import { page } from "./paging.ts";
import {
  optionalChoice,
  optionalObject,
  optionalStringField,
  refuseFields,
  requiredArn,
  requiredString,
} from "./request.ts";

const definitionLength = 1_048_576;

/** CreateStateMachine: the same request again is answered with the same machine. */
export function createStateMachine(account: Account, request: JsonObject): JsonObject {
  const name = requiredString(request, "name", 1024);
  checkName(name);
  if (optionalChoice(request, "type", ["STANDARD", "EXPRESS"]) === "EXPRESS") {
    throw new ApiError(
      "StateMachineTypeNotSupported",
      "This test server executes state machines of type STANDARD only.",
    );
  }
  refuseFields(request, ["publish", "versionDescription", "encryptionConfiguration"]);
  const roleArn = requiredRole(request);
  const definition = parseDefinition(requiredString(request, "definition", definitionLength));
  const arn = stateMachineArn(account.place, name);
  const known = findMachine(account, arn);
  if (known !== undefined) {
    refuseDeleting(known);
    if (known.definition.source !== definition.source || known.roleArn !== roleArn) {
      throw new ApiError("StateMachineAlreadyExists", `State Machine Already Exists: '${arn}'`);
    }
    return { stateMachineArn: arn, creationDate: known.creationDateMs / 1000 };
  }
  const nowMs = account.now();
  account.machines.set(arn, {
    arn,
    name,
    creationDateMs: nowMs,
    tags: Array.isArray(request.tags) ? (request.tags as readonly JsonObject[]) : [],
    status: "ACTIVE",
    definition,
    roleArn,
    loggingConfiguration: optionalObject(request, "loggingConfiguration") ?? noLogs,
    tracingConfiguration: optionalObject(request, "tracingConfiguration") ?? { enabled: false },
    revisionId: randomUUID(),
    updateDateMs: nowMs,
  });
  return { stateMachineArn: arn, creationDate: nowMs / 1000 };
}

/** UpdateStateMachine: executions that run keep the definition they started with. */
export function updateStateMachine(account: Account, request: JsonObject): JsonObject {
  const machine = machineNamed(account, request);
  refuseFields(request, ["publish", "versionDescription", "encryptionConfiguration"]);
  refuseDeleting(machine);
  const text = optionalStringField(request, "definition", definitionLength);
  const hasRole = request.roleArn !== undefined;
  if (text === undefined && !hasRole && !request.loggingConfiguration && !request.tracingConfiguration) {
    throw new ApiError(
      "MissingRequiredParameter",
      "Either the definition, the role ARN, or a configuration must be specified",
    );
  }
  if (hasRole) machine.roleArn = requiredRole(request);
  if (text !== undefined) machine.definition = parseDefinition(text);
  machine.loggingConfiguration = optionalObject(request, "loggingConfiguration") ?? machine.loggingConfiguration;
  machine.tracingConfiguration = optionalObject(request, "tracingConfiguration") ?? machine.tracingConfiguration;
  machine.revisionId = randomUUID();
  machine.updateDateMs = account.now();
  return { updateDate: machine.updateDateMs / 1000, revisionId: machine.revisionId };
}

/** DeleteStateMachine: the machine is gone once its last execution has ended; deleting it again is no error. */
export function deleteStateMachine(account: Account, request: JsonObject): JsonObject {
  const machine = account.machines.get(requiredArn(request, "stateMachineArn", "stateMachine"));
  if (machine !== undefined) machine.status = "DELETING";
  return {};
}

/** DescribeStateMachine. */
export function describeStateMachine(account: Account, request: JsonObject): JsonObject {
  const machine = machineNamed(account, request);
  return {
    stateMachineArn: machine.arn,
    name: machine.name,
    status: machine.status,
    definition: machine.definition.source,
    roleArn: machine.roleArn,
    type: "STANDARD",
    creationDate: machine.creationDateMs / 1000,
    loggingConfiguration: machine.loggingConfiguration,
    tracingConfiguration: machine.tracingConfiguration,
    revisionId: machine.revisionId,
  };
}

/** ListStateMachines. */
export function listStateMachines(account: Account, request: JsonObject): JsonObject {
  const machines = [...account.machines.values()].filter(({ arn }) => findMachine(account, arn) !== undefined);
  const { items, ...rest } = page(request, machines, ({ arn }) => arn);
  const stateMachines = items.map(({ arn, name, creationDateMs }): Json => {
    return { stateMachineArn: arn, name, type: "STANDARD", creationDate: creationDateMs / 1000 };
  });
  return { stateMachines, ...rest };
}

/** ListTagsForResource, as stack tools ask for it. */
export function listTagsForResource(account: Account, request: JsonObject): JsonObject {
  const arn = requiredString(request, "resourceArn", 256);
  const machine = account.machines.get(arn);
  if (machine === undefined) throw new ApiError("ResourceNotFound", `Resource not found: '${arn}'`);
  return { tags: machine.tags };
}

const noLogs: JsonObject = { level: "OFF", includeExecutionData: false };

function machineNamed(account: Account, request: JsonObject): StateMachine {
  return requireMachine(account, requiredArn(request, "stateMachineArn", "stateMachine"));
}

function requiredRole(request: JsonObject): string {
  const role = requiredString(request, "roleArn", 256);
  if (!/^arn:aws[a-z-]*:iam::[^:]*:role\/.+$/.test(role))
    throw new ApiError("InvalidArn", `Invalid Role Arn: '${role}'`);
  return role;
}

import type { TaskResource } from "./definition.ts";
import { invalidDefinition, StateError } from "./failures.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";

/** A service integration, in distinction to a function's own ARN, which takes any input. */
export type Integration = Exclude<TaskResource["kind"], "lambdaFunction">;

/** Refuses Arguments of an integration with a field that is missing or that this server does not pass on. */
export function checkArguments(kind: TaskResource["kind"], written: Json | undefined, at: string): void {
  if (kind === "lambdaFunction" || !isJsonObject(written)) return;
  const problem = problemWith(kind, written);
  if (problem !== undefined) throw invalidDefinition(problem, at);
}

/** The arguments of an integration as evaluated; throws States.Runtime that names a field which is missing or unknown. */
export function taskParameters(kind: Integration, parameters: Json): JsonObject {
  if (!isJsonObject(parameters)) throw new StateError("States.Runtime", "The Arguments are not an object.");
  const problem = problemWith(kind, parameters) ?? problemWithTexts(kind, parameters);
  if (problem !== undefined) throw new StateError("States.Runtime", problem);
  return parameters;
}

type Fields = { readonly required: readonly string[]; readonly optional: readonly string[] };

const fields: Readonly<Record<Integration, Fields>> = {
  lambdaInvoke: { required: ["FunctionName"], optional: ["Payload", "InvocationType", "Qualifier"] },
  startExecution: { required: ["StateMachineArn"], optional: ["Name", "Input"] },
  startExecutionSync: { required: ["StateMachineArn"], optional: ["Name", "Input"] },
  s3GetObject: { required: ["Bucket", "Key"], optional: [] },
  s3PutObject: { required: ["Bucket", "Key"], optional: ["Body"] },
};

function problemWith(kind: Integration, given: JsonObject): string | undefined {
  const { required, optional } = fields[kind];
  const unknown = Object.keys(given).find((field) => !required.includes(field) && !optional.includes(field));
  if (unknown !== undefined) return `The field "${unknown}" is not supported by Step Functions`;
  const missing = required.find((field) => given[field] === undefined);
  return missing === undefined ? undefined : `The field "${missing}" is required but was missing`;
}

function problemWithTexts(kind: Integration, given: JsonObject): string | undefined {
  const bad = fields[kind].required.find((field) => typeof given[field] !== "string" || given[field] === "");
  return bad === undefined ? undefined : `The field "${bad}" has to be a string`;
}

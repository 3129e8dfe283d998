import { StateError } from "./failures.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";

/** The arguments of a service integration; throws States.Runtime that names a field which is missing or which this server does not pass on. */
export function taskParameters(
  parameters: Json,
  { required, optional }: { readonly required: readonly string[]; readonly optional: readonly string[] },
): JsonObject {
  if (!isJsonObject(parameters)) throw new StateError("States.Runtime", "The Arguments are not an object.");
  for (const field of Object.keys(parameters)) {
    if (required.includes(field) || optional.includes(field)) continue;
    throw new StateError("States.Runtime", `The field "${field}" is not supported by Step Functions`);
  }
  for (const field of required) {
    if (typeof parameters[field] === "string" && parameters[field] !== "") continue;
    throw new StateError("States.Runtime", `The field "${field}" is required but was missing`);
  }
  return parameters;
}

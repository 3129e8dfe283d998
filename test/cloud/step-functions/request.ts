import { ApiError } from "./failures.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";

/** A field that has to be a string of 1 to `max` characters; throws ValidationException in AWS's words. */
export function requiredString(request: JsonObject, field: string, max: number): string {
  const value = optionalStringField(request, field, max);
  if (value === undefined) throw constraint(field, "null", "Member must not be null");
  return value;
}

/** A field that may be absent; a string of 1 to `max` characters where it is not. */
export function optionalStringField(request: JsonObject, field: string, max: number): string | undefined {
  const value = request[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new ApiError("SerializationException", `The field ${field} is not a string.`);
  if (value.length > max) {
    throw constraint(field, value.slice(0, 100), `Member must have length less than or equal to ${max}`);
  }
  if (value === "") throw constraint(field, "", "Member must have length greater than or equal to 1");
  return value;
}

/** A field that may be absent; one of the named values where it is not. */
export function optionalChoice(request: JsonObject, field: string, values: readonly string[]): string | undefined {
  const value = optionalStringField(request, field, 256);
  if (value === undefined || values.includes(value)) return value;
  throw constraint(field, value, `Member must satisfy enum value set: [${values.join(", ")}]`);
}

/** A field that may be absent; a number from 0 to `max` where it is not. */
export function optionalNumber(request: JsonObject, field: string, max: number): number | undefined {
  const value = request[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") throw new ApiError("SerializationException", `The field ${field} is not a number.`);
  if (value > max) throw constraint(field, String(value), `Member must have value less than or equal to ${max}`);
  if (value < 0) throw constraint(field, String(value), "Member must have value greater than or equal to 0");
  return value;
}

/** A field that may be absent; an object where it is not. */
export function optionalObject(request: JsonObject, field: string): JsonObject | undefined {
  const value: Json | undefined = request[field];
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw new ApiError("SerializationException", `The field ${field} is not an object.`);
  return value;
}

/** An ARN of Step Functions of the given kind; throws InvalidArn for any other text. */
export function requiredArn(request: JsonObject, field: string, kind: "stateMachine" | "execution" | "mapRun"): string {
  const arn = requiredString(request, field, 2000);
  if (!new RegExp(`^arn:aws[a-z-]*:states:[^:]*:[^:]*:${kind}:.+$`).test(arn)) {
    throw new ApiError("InvalidArn", `Invalid Arn: '${arn}'`);
  }
  return arn;
}

/** Refuses a field that this server does not implement, so that a caller does not rely on it. */
export function refuseFields(request: JsonObject, fields: readonly string[]): void {
  for (const field of fields) {
    const value = request[field];
    if (value === undefined || value === null || value === false) continue;
    throw new ApiError("ValidationException", `The field ${field} is not implemented by this test server.`);
  }
}

function constraint(field: string, value: string, problem: string): ApiError {
  return new ApiError(
    "ValidationException",
    `1 validation error detected: Value '${value}' at '${field}' failed to satisfy constraint: ${problem}`,
  );
}

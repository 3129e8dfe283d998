import { expressionIn, syntaxProblem } from "./expression.ts";
import { invalidDefinition } from "./failures.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";

const jsonPathFields = new Set([
  "InputPath",
  "OutputPath",
  "ResultPath",
  "ResultSelector",
  "Parameters",
  "Result",
  "Variable",
  "ItemsPath",
  "SecondsPath",
  "TimestampPath",
  "TimeoutSecondsPath",
  "HeartbeatSecondsPath",
  "MaxConcurrencyPath",
  "ToleratedFailureCountPath",
  "ToleratedFailurePercentagePath",
  "ErrorPath",
  "CausePath",
]);

/** The value as an object that has no other fields than the named ones and Comment; refuses any other by its name. */
export function objectWith(value: Json | undefined, fields: readonly string[], at: string): JsonObject {
  if (!isJsonObject(value)) throw invalidDefinition(`expected an object, found ${kindOf(value)}`, at);
  for (const field of Object.keys(value)) {
    if (fields.includes(field) || field === "Comment") continue;
    throw invalidDefinition(
      jsonPathFields.has(field) || field.endsWith(".$")
        ? `the field '${field}' belongs to JSONPath, and the query language is JSONata,`
        : `the field '${field}' is not supported here`,
      at,
    );
  }
  return value;
}

/** A field that has to be a string of at least one character. */
export function stringAt(value: Json | undefined, at: string): string {
  if (typeof value !== "string" || value === "")
    throw invalidDefinition(`expected a string, found ${kindOf(value)}`, at);
  return value;
}

/** A field that is absent or a string. */
export function optionalString(value: Json | undefined, at: string): string | undefined {
  return value === undefined ? undefined : stringAt(value, at);
}

/** A field that is a whole number in a range, or the given value where it is absent. */
export function wholeNumberAt(
  value: Json | undefined,
  {
    at,
    from,
    to,
    absent,
  }: { readonly at: string; readonly from: number; readonly to: number; readonly absent: number },
): number {
  if (value === undefined) return absent;
  if (typeof value !== "number" || !Number.isInteger(value) || value < from || value > to) {
    throw invalidDefinition(`expected a whole number from ${from} to ${to}, found ${JSON.stringify(value)}`, at);
  }
  return value;
}

/** A field that is absent, a number in the range, or an expression that will give one. */
export function numberOrExpression(
  value: Json | undefined,
  { at, from, to }: { readonly at: string; readonly from: number; readonly to: number },
): Json | undefined {
  if (typeof value === "string") {
    if (expressionIn(value) === undefined) throw invalidDefinition(`expected a number or a JSONata expression`, at);
    return template(value, at);
  }
  return value === undefined ? undefined : wholeNumberAt(value, { at, from, to, absent: from });
}

/** Any JSON whose expressions can all be read. */
export function template(value: Json | undefined, at: string): Json | undefined {
  if (typeof value === "string") checkText(value, at);
  else if (Array.isArray(value)) for (const [index, part] of value.entries()) template(part, `${at}/${index}`);
  else if (isJsonObject(value)) {
    for (const [name, part] of Object.entries(value)) {
      if (name.endsWith(".$")) throw invalidDefinition(`the field '${name}' belongs to JSONPath`, at);
      template(part, `${at}/${name}`);
    }
  }
  return value;
}

/** An Assign: an object whose names can be names of variables. */
export function assignments(value: Json | undefined, at: string): Json | undefined {
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) throw invalidDefinition(`expected an object, found ${kindOf(value)}`, at);
  for (const name of Object.keys(value)) {
    if (name === "states" || name.length > 80 || !/^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(name)) {
      throw invalidDefinition(`'${name}' cannot be the name of a variable`, at);
    }
  }
  return template(value, at);
}

function checkText(text: string, at: string): void {
  const expression = expressionIn(text);
  if (expression === undefined) {
    const trimmed = text.trim();
    if (text.startsWith("{%") || text.endsWith("%}") || expressionIn(trimmed) !== undefined) {
      throw invalidDefinition(
        `an expression has to begin with '{%' and end with '%}', found ${JSON.stringify(text)}`,
        at,
      );
    }
    return;
  }
  const problem = expression === "" ? "it is empty" : syntaxProblem(expression);
  if (problem !== undefined) throw invalidDefinition(`the JSONata expression cannot be read (${problem})`, at);
}

function kindOf(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}

import jsonata from "jsonata";
import { StateError } from "./failures.ts";
import { isJsonObject, type Json } from "./json.ts";
import { stepFunctionsFunctions } from "./jsonata-functions.ts";

/** What the expressions of a state can see: `$states`, and the variables by their names. */
export type Bindings = { readonly states: Json; readonly variables: Readonly<Record<string, Json>> };

/** The longest that one expression may take. */
const evaluationTimeoutMs = 5000;

/** The expression inside `{% … %}`; undefined where the text is a plain string. */
export function expressionIn(text: string): string | undefined {
  return text.startsWith("{%") && text.endsWith("%}") && text.length >= 4 ? text.slice(2, -2).trim() : undefined;
}

/** The fault of an expression's syntax, or undefined when it can be read. */
export function syntaxProblem(expression: string): string | undefined {
  try {
    compiled(expression);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** Evaluates every expression in a template; throws States.QueryEvaluationError that names the field and the expression. */
export async function evaluate(template: Json, field: string, bindings: Bindings): Promise<Json> {
  if (typeof template === "string") {
    const expression = expressionIn(template);
    return expression === undefined ? template : evaluateExpression(expression, field, bindings);
  }
  if (Array.isArray(template)) {
    const values: Json[] = [];
    for (const [index, value] of template.entries()) values.push(await evaluate(value, `${field}[${index}]`, bindings));
    return values;
  }
  if (isJsonObject(template)) {
    const entries: [string, Json][] = [];
    for (const [name, value] of Object.entries(template)) {
      entries.push([name, await evaluate(value, `${field}/${name}`, bindings)]);
    }
    return Object.fromEntries(entries);
  }
  return template;
}

/** A States.QueryEvaluationError about the value that a field came to. */
export function evaluationError(reason: string): StateError {
  return new StateError("States.QueryEvaluationError", reason);
}

async function evaluateExpression(expression: string, field: string, bindings: Bindings): Promise<Json> {
  const about = `The JSONata expression '${expression}' specified for the field '${field}'`;
  let value: unknown;
  try {
    value = await compiled(expression).evaluate(undefined, { ...bindings.variables, states: bindings.states });
  } catch (error) {
    throw evaluationError(`${about} threw an error during evaluation. ${messageOf(error)}`);
  }
  if (value === undefined) throw evaluationError(`${about} returned nothing (undefined).`);
  if (!isData(value)) throw evaluationError(`${about} returned an unsupported result type.`);
  // JSONata marks its sequences with properties of their own, which JSON does not keep.
  return JSON.parse(JSON.stringify(value)) as Json;
}

const expressions = new Map<string, jsonata.Expression>();

function compiled(expression: string): jsonata.Expression {
  const known = expressions.get(expression);
  if (known !== undefined) return known;
  const read = jsonata(expression, { timeout: evaluationTimeoutMs });
  for (const [name, implementation] of Object.entries(stepFunctionsFunctions)) {
    read.registerFunction(name, implementation);
  }
  expressions.set(expression, read);
  return read;
}

function isData(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      return value === null || (value instanceof RegExp ? false : Object.values(value).every(isDataOrMissing));
    default:
      return false;
  }
}

function isDataOrMissing(value: unknown): boolean {
  return value === undefined || isData(value);
}

function messageOf(error: unknown): string {
  if (!isJsonataError(error)) return String(error);
  return error.code === undefined ? error.message : `${error.code}: ${error.message}`;
}

// JSONata throws plain objects as well as errors.
function isJsonataError(error: unknown): error is { readonly code?: string; readonly message: string } {
  return typeof error === "object" && error !== null && "message" in error && typeof error.message === "string";
}

import { z } from "zod";
import { closest } from "../engine/closest.ts";
import { InputError } from "../engine/input-error.ts";
import { type Spec, specSchema } from "./spec.ts";

/** A spec that cannot be run as written: the message lists every fault with its field. */
export class SpecError extends InputError {
  override readonly name: string = "SpecError";
}

/** Checks a spec and fills in its defaults. `where` names the file in messages. Throws SpecError. */
export function parseSpec(value: unknown, where: string): Spec {
  const result = specSchema.safeParse(value);
  if (result.success) return result.data;
  throw new SpecError(`${where} is not a valid spec:\n${describeIssues(result.error, value, knownFields).join("\n")}`);
}

/** The spec's JSON Schema, as editors read it. */
export function specJsonSchema(): object {
  return z.toJSONSchema(specSchema, { io: "input", target: "draft-7" });
}

/** One line an issue: the field's path, what was expected, what was found, and a near name where a field is unknown. */
export function describeIssues(error: z.ZodError, value: unknown, known: readonly string[]): string[] {
  return error.issues.flatMap((issue) => describeIssue(issue, value, known));
}

function describeIssue(issue: z.core.$ZodIssue, value: unknown, known: readonly string[]): string[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const near = closest(key, known);
      const field = [...path, key].join(".");
      return `  ${field}: unknown field${near === undefined ? "; remove it" : `; did you mean "${near}"?`}`;
    });
  }
  const found = valueAt(value, issue.path);
  const shown = found === undefined ? "nothing" : typeof found === "number" ? String(found) : JSON.stringify(found);
  const message = issue.message.replace(/^Invalid input: /, "").replace(/, received .*$/, "");
  return [`  ${path.length === 0 ? "(the whole)" : path.join(".")}: ${message}; found ${shown}`];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at: unknown = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as { [name: PropertyKey]: unknown })[key];
  }
  return at;
}

/** Every field name of the schema, for suggestions. */
const knownFields: readonly string[] = [...new Set(fieldNames(specJsonSchema()))];

function fieldNames(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own =
    "properties" in schema && typeof schema.properties === "object" && schema.properties !== null
      ? Object.keys(schema.properties)
      : [];
  return [...own, ...Object.values(schema).flatMap(fieldNames)];
}

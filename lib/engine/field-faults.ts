import type { z } from "zod";
import { closest } from "./closest.ts";

/** The fault of one field. */
export type FieldFault = { readonly path: string; readonly message: string };

/** Each issue's field, what was expected there, what was found, and a near name where a field is unknown. */
export function fieldFaults(error: z.ZodError, value: unknown, known: readonly string[]): FieldFault[] {
  return error.issues.flatMap((issue) => faultsOf(issue, value, known));
}

/** A fault as a sentence that ends with what to do. */
export function faultSentence({ path, message }: FieldFault): string {
  return `${path === "" ? "(the whole)" : path}: ${message}${message.endsWith("?") ? "" : "."} Correct it.`;
}

function faultsOf(issue: z.core.$ZodIssue, value: unknown, known: readonly string[]): FieldFault[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const near = closest(key, known);
      const what =
        near === undefined
          ? "remove it"
          : near === key
            ? "a field of this name belongs elsewhere, move it there"
            : `did you mean "${near}"?`;
      return { path: [...path, key].join("."), message: `unknown field; ${what}` };
    });
  }
  const found = valueAt(value, issue.path);
  const shown = found === undefined ? "nothing" : typeof found === "number" ? String(found) : JSON.stringify(found);
  const message = issue.message.replace(/^Invalid (input|option): /, "").replace(/, received .*$/, "");
  return [{ path: path.join("."), message: `${message}; found ${shown}` }];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at: unknown = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as { [name: PropertyKey]: unknown })[key];
  }
  return at;
}

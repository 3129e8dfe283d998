import { resolve } from "node:path";
import { parseDocument } from "yaml";
import { InputError } from "../engine/input-error.ts";

/** One --set: where, and what; without a value the field is removed. */
export type Change = { readonly path: readonly string[]; readonly value: unknown };

/** A --set that cannot be understood or applied. */
export class SetError extends InputError {
  override readonly name = "SetError";
}

/** Reads `path=value` texts; the value is YAML: 5, true, 2020-01-31, [a, b], { kind: fixed, amount: 5 }. Throws SetError. */
export function parseChanges(texts: readonly string[] | undefined): readonly Change[] {
  return (texts ?? []).map((text) => {
    const at = text.indexOf("=");
    const path = text.slice(0, at).split(".");
    if (at <= 0 || path.includes(""))
      throw new SetError(`--set ${text}: expected path=value, as in strategy.params.fast=20.`);
    const document = parseDocument(text.slice(at + 1));
    const [fault] = document.errors;
    if (fault !== undefined)
      throw new SetError(`--set ${text}: expected a YAML value after "=": ${fault.message.split("\n")[0] ?? ""}`);
    const value: unknown = document.toJS();
    // A strategy file on the command line is relative to where the person is, not to the spec.
    const isFile = path.join(".") === "strategy.file" && typeof value === "string";
    return { path, value: isFile ? resolve(value) : at === text.length - 1 ? undefined : value };
  });
}

/** A copy of the spec with the changes; what stands on the path and is not there yet is made. Throws SetError. */
export function setFields(spec: unknown, changes: readonly Change[]): unknown {
  return changes.reduce((changed, { path, value }) => withField(changed, path, value, path), spec);
}

function withField(
  parent: unknown,
  [key, ...rest]: readonly string[],
  value: unknown,
  whole: readonly string[],
): unknown {
  if (key === undefined) return value;
  if (Array.isArray(parent)) {
    const index = Number(key);
    if (!/^\d+$/.test(key) || index > parent.length) {
      throw new SetError(
        `--set ${whole.join(".")}: "${key}" stands in a list of ${parent.length}, expected a number from 0 to ${parent.length}.`,
      );
    }
    const next = withField(parent[index], rest, value, whole);
    return parent.toSpliced(index, 1, ...(next === undefined ? [] : [next]));
  }
  if (parent !== undefined && (typeof parent !== "object" || parent === null)) {
    throw new SetError(
      `--set ${whole.join(".")}: "${key}" would be a field of ${JSON.stringify(parent)}, which has none.`,
    );
  }
  const fields = new Map<string, unknown>(Object.entries(parent ?? {}));
  const next = withField(fields.get(key), rest, value, whole);
  if (next === undefined) fields.delete(key);
  else fields.set(key, next);
  return Object.fromEntries(fields);
}

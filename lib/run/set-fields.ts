import { InputError } from "../engine/input-error.ts";

/** One change of a spec: where, and what; without a value the field is removed. */
export type Change = { readonly path: readonly string[]; readonly value: unknown };

/** A change that cannot be understood or applied. */
export class SetError extends InputError {
  override readonly name = "SetError";
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

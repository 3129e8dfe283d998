import type { JsonValue } from "./json.ts";

/** The value cannot be written so that it comes back the same; the message names the path. */
export class UnencodableStateError extends Error {
  override readonly name = "UnencodableStateError";
}

/**
 * Canonical JSON (RFC 8785): keys sorted by UTF-16 code units, no white space, numbers as ECMAScript prints them. Refuses what JSON would change
 * or drop (undefined, NaN, infinities, -0, bigint, Map, Date, functions) with the path of the value.
 */
export function canonicalJson(value: JsonValue): string {
  return write(value, undefined, "$");
}

/** Where a value stands: put together as text only when it is refused. */
type Place = { readonly outer: Place | undefined; readonly step: string | number };

function write(value: unknown, outer: Place | undefined, step: string | number): string {
  if (typeof value === "number") {
    if (!Number.isFinite(value) || Object.is(value, -0))
      refuse(pathOf(outer, step), Object.is(value, -0) ? "-0" : String(value));
    return String(value);
  }
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || typeof value === "boolean") return String(value);
  const here: Place = { outer, step };
  let text = "";
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) text += `${i === 0 ? "" : ","}${write(value[i], here, i)}`;
    return `[${text}]`;
  }
  if (isPlainObject(value)) {
    for (const key of sortedKeys(value))
      text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${write(value[key], here, key)}`;
    return `{${text}}`;
  }
  return refuse(pathOf(outer, step), describe(value));
}

/** By UTF-16 code units. Most objects are written from texts that were canonical, or by code that names keys in order. */
function sortedKeys(value: object): readonly string[] {
  const keys = Object.keys(value);
  for (let i = 1; i < keys.length; i++) if ((keys[i] as string) < (keys[i - 1] as string)) return keys.sort();
  return keys;
}

function pathOf(outer: Place | undefined, step: string | number): string {
  if (outer === undefined) return String(step);
  return pathOf(outer.outer, outer.step) + (typeof step === "number" ? `[${step}]` : `.${step}`);
}

const tag = "$number";

/**
 * Makes a value of a strategy's own writable: NaN, infinities and -0 become `{ "$number": "NaN" }` and so on. Everything else that JSON would
 * change is refused with its path (UnencodableStateError).
 */
export function tagNumbers(value: unknown, path = "$"): JsonValue {
  if (typeof value === "number") {
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { [tag]: Object.is(value, -0) ? "-0" : String(value) };
  }
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (Array.isArray(value)) return Array.from(value, (item, i) => tagNumbers(item, `${path}[${i}]`));
  if (isPlainObject(value)) {
    if (Object.keys(value).length === 1 && tag in value) refuse(path, `an object with the reserved key "${tag}"`);
    return Object.fromEntries(Object.keys(value).map((key) => [key, tagNumbers(value[key], `${path}.${key}`)]));
  }
  return refuse(path, describe(value));
}

/** Reads what `tagNumbers` wrote. */
export function untagNumbers(value: JsonValue): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(untagNumbers);
  const entries = Object.entries(value);
  const [first] = entries;
  if (first !== undefined && entries.length === 1 && first[0] === tag) return Number(first[1]);
  return Object.fromEntries(entries.map(([key, item]) => [key, untagNumbers(item)]));
}

function isPlainObject(value: unknown): value is { readonly [key: string]: unknown } {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (typeof value === "object" && value !== null) return `a ${value.constructor.name}`;
  return typeof value === "undefined" ? "undefined" : `a ${typeof value}`;
}

function refuse(path: string, found: string): never {
  throw new UnencodableStateError(
    `State at ${path} cannot be written to a checkpoint: expected null, a boolean, a number, a string, an array or a plain object, found ${found}.`,
  );
}

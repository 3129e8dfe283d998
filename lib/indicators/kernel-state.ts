import type { JsonValue } from "../engine/json.ts";

/** A saved kernel state lacks what the kernel expects: the checkpoint is of another engine version, or damaged. */
export class KernelStateError extends Error {
  override readonly name = "KernelStateError";
}

/** The number saved under `field`; KernelStateError when there is none. */
export function savedNumber(state: JsonValue, field: string): number {
  const value = savedField(state, field);
  if (typeof value === "number") return value;
  return refuse(field, "a number", value);
}

/** The numbers saved under `field`, at most `most` of them; KernelStateError when it is no such list. */
export function savedNumbers(state: JsonValue, field: string, most: number): readonly number[] {
  return savedNumbersOrNull(state, field, most).map((item, i) => item ?? refuse(`${field}[${i}]`, "a number", null));
}

/** As `savedNumbers`, with null for what is undefined. */
export function savedNumbersOrNull(state: JsonValue, field: string, most: number): readonly (number | null)[] {
  const value = savedField(state, field);
  if (!Array.isArray(value)) return refuse(field, "a list of numbers", value);
  if (value.length > most) return refuse(field, `at most ${most} numbers`, `${value.length} numbers`);
  return value.map((item: JsonValue, i) =>
    item === null || typeof item === "number" ? item : refuse(`${field}[${i}]`, "a number", item),
  );
}

/** Whatever is saved under `field`; KernelStateError when the field is missing. */
export function savedField(state: JsonValue, field: string): JsonValue {
  if (isRecord(state) && Object.hasOwn(state, field)) return state[field];
  return refuse(field, "a value", "nothing");
}

function isRecord(state: JsonValue): state is { readonly [key: string]: JsonValue } {
  return typeof state === "object" && state !== null && !Array.isArray(state);
}

function refuse(field: string, expected: string, found: JsonValue): never {
  throw new KernelStateError(
    `A saved indicator state expects ${expected} as "${field}", found ${JSON.stringify(found)}. Go on from an older checkpoint, or run afresh.`,
  );
}

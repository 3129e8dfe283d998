import { z } from "zod";
import type { JsonValue } from "../engine/json.ts";
import type { RunState } from "../run/checkpoint.ts";

/** A field that is different; undefined where one state has none. */
export type Difference = {
  readonly path: string;
  readonly a: JsonValue | undefined;
  readonly b: JsonValue | undefined;
};

/** Every field in which two states differ, in the order of the first. */
export function stateDifferences(a: RunState, b: RunState): readonly Difference[] {
  return [...differences("", z.json().parse(a), z.json().parse(b))];
}

function* differences(path: string, a: JsonValue | undefined, b: JsonValue | undefined): Generator<Difference> {
  if (a === b) return;
  if (!isBranch(a) || !isBranch(b) || Array.isArray(a) !== Array.isArray(b)) {
    yield { path, a, b };
    return;
  }
  const [left, right] = [new Map<string, JsonValue>(Object.entries(a)), new Map<string, JsonValue>(Object.entries(b))];
  for (const key of new Set([...left.keys(), ...right.keys()]))
    yield* differences(path === "" ? key : `${path}.${key}`, left.get(key), right.get(key));
}

function isBranch(value: JsonValue | undefined): value is readonly JsonValue[] | { readonly [key: string]: JsonValue } {
  return typeof value === "object" && value !== null;
}

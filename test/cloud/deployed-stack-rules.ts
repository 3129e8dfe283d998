import type { Json } from "./deployed-stack-intrinsics.ts";
import type { EventRule } from "./deployed-stack-plan.ts";

/** The functions that an event is for: an event matches a pattern when each of the pattern's lists has its value. */
export function targetsOf(event: Json, rules: readonly EventRule[]): string[] {
  return rules.filter(({ pattern }) => matches(event, pattern)).flatMap(({ functionArns }) => functionArns);
}

function matches(value: Json | undefined, pattern: Json): boolean {
  if (Array.isArray(pattern)) return pattern.some((wanted) => isPlain(wanted) && wanted === value);
  if (typeof pattern !== "object" || pattern === null)
    throw new Error(`An event pattern has lists, found ${JSON.stringify(pattern)}.`);
  return Object.entries(pattern).every(([name, inner]) => matches(fieldOf(value, name), inner));
}

function isPlain(wanted: Json): boolean {
  if (typeof wanted !== "object") return true;
  throw new Error(`This deployment compares events with plain values only, found ${JSON.stringify(wanted)}.`);
}

function fieldOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

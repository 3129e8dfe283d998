import { z } from "zod";
import { type FieldFault, fieldFaults } from "../engine/field-faults.ts";
import { parseMetricConditions } from "./metric-conditions.ts";
import { parseObjective } from "./objective.ts";
import { type SweepSpec, sweepSpecSchema } from "./sweep-spec.ts";
import { SweepSpecError } from "./sweep-spec-error.ts";

/**
 * Checks a sweep's spec and fills in its defaults: its fields, its conditions, its objective, and that no field contradicts another. `where` names
 * the file in messages. Throws SweepSpecError.
 */
export function parseSweepSpec(value: unknown, where: string): SweepSpec {
  const result = sweepSpecSchema.safeParse(value);
  if (!result.success) refuse(where, fieldFaults(result.error, value, knownFields()));
  const spec = result.data;
  const conflicts = conflictsOf(spec);
  if (conflicts.length > 0) refuse(where, conflicts);
  parseObjective(spec.objective);
  parseMetricConditions("require", spec.require);
  return spec;
}

/** The sweep spec's JSON Schema, as editors read it. */
export function sweepSpecJsonSchema(): object {
  return z.toJSONSchema(sweepSpecSchema, { io: "input", target: "draft-7" });
}

function refuse(where: string, fields: readonly FieldFault[]): never {
  const lines = fields.map(({ path, message }) => `  ${path === "" ? "(the whole)" : path}: ${message}`);
  throw new SweepSpecError(`${where} is not a valid sweep:\n${lines.join("\n")}`, { fields });
}

function conflictsOf({ base, space, method, windows, state, capital, regimes }: SweepSpec): FieldFault[] {
  const faults: FieldFault[] = [];
  const add = (path: string, message: string) => faults.push({ path, message });
  const names = Object.keys(space);
  if (base.strategy.lanes !== undefined)
    add("base.strategy.lanes", "a sweep makes the lanes itself; use method: { kind: list, points: … }; found a list");
  if (method.kind === "list" && names.length > 0)
    add("space", `method.kind "list" names its points itself; remove one of the two; found ${names.join(", ")}`);
  if (method.kind !== "list" && names.length === 0)
    add("space", "expected at least one parameter, such as { fast: [5, 10, 20] }; found none");
  if (windows.kind === "cpcv" && windows.testGroups >= windows.groups)
    add("windows.testGroups", `expected fewer than windows.groups (${windows.groups}); found ${windows.testGroups}`);
  if (windows.kind !== "none" && windows.warmup > 0 && base.data.warmupBars > 0)
    add(
      "windows.warmup",
      `base.data.warmupBars (${base.data.warmupBars}) says the same; keep one of the two; found ${windows.warmup}`,
    );
  if (regimes.bear > regimes.bull)
    add(
      "regimes.bear",
      `expected at most regimes.bull (${regimes.bull}), for no return is above the one and below the other; found ${regimes.bear}`,
    );
  const walks = windows.kind === "rolling" || windows.kind === "anchored" || windows.kind === "list";
  if (state === "carried" && !walks)
    add(
      "state",
      `"carried" needs windows that follow each other (rolling, anchored, list); found windows.kind "${windows.kind}"`,
    );
  if (state === "carried" && capital === "reset")
    add("capital", 'what state "carried" carries over includes the account; use "chained"; found "reset"');
  if (state === "carried" && base.data.warmupBars > 0)
    add(
      "base.data.warmupBars",
      `on these bars of each window nothing would manage what is carried over; use windows.warmup; found ${base.data.warmupBars}`,
    );
  if (base.account.opening !== undefined)
    add("base.account.opening", "a sweep begins flat, and its windows write it themselves; found one");
  return faults;
}

function knownFields(): readonly string[] {
  return [...new Set(fieldNames(sweepSpecJsonSchema()))];
}

function fieldNames(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own =
    "properties" in schema && typeof schema.properties === "object" && schema.properties !== null
      ? Object.keys(schema.properties)
      : [];
  return [...own, ...Object.values(schema).flatMap(fieldNames)];
}

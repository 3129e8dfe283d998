import { z } from "zod";
import { type FieldFault, fieldFaults } from "../engine/field-faults.ts";
import { InputError } from "../engine/input-error.ts";
import { type Spec, specSchema } from "./spec.ts";

/** A spec that cannot be run as written: the message lists every fault with its field. */
export class SpecError extends InputError {
  override readonly name: string = "SpecError";
  /** The same by field, where it is known. */
  readonly fields: readonly FieldFault[];

  constructor(message: string, options: { readonly fields?: readonly FieldFault[]; readonly cause?: unknown } = {}) {
    super(message, options);
    this.fields = options.fields ?? [];
  }
}

/** Checks a spec and fills in its defaults. `where` names the file in messages. Throws SpecError. */
export function parseSpec(value: unknown, where: string): Spec {
  const result = specSchema.safeParse(value);
  if (result.success) return result.data;
  const faults = fieldFaults(result.error, value, knownFields());
  throw new SpecError(`${where} is not a valid spec:\n${faultLines(faults).join("\n")}`, { fields: faults });
}

/** The spec's JSON Schema, as editors read it. */
export function specJsonSchema(): object {
  return z.toJSONSchema(specSchema, { io: "input", target: "draft-7" });
}

/** A line for each fault. */
export function faultLines(faults: readonly FieldFault[]): string[] {
  return faults.map(({ path, message }) => `  ${path === "" ? "(the whole)" : path}: ${message}`);
}

/** Every field name of the schema, for suggestions; worked out when there is a fault, for it takes longer than most parses. */
function knownFields(): readonly string[] {
  return [...new Set(fieldNames(specJsonSchema()))];
}

function fieldNames(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own =
    "properties" in schema && typeof schema.properties === "object" && schema.properties !== null
      ? Object.keys(schema.properties)
      : [];
  return [...own, ...Object.values(schema).flatMap(fieldNames)];
}

import { z } from "zod";

/** What marks a parameter as a model's name, in its JSON Schema. */
const format = "backstitch-model";

/**
 * A strategy's parameter that names a model: by the name under which it was imported, its id, or the id's first 6 digits or more. A run replaces it by the whole id, the hash of the bundle's
 * manifest, before the strategy sees it, and loads the model.
 */
export function modelName() {
  return z.string().min(1).meta({ format });
}

/** As `modelName`, for one model or several. */
export function modelNames() {
  return z.union([modelName(), z.array(modelName()).min(1).max(64)]);
}

/** The parameters of a strategy that name models. */
export function modelFields(params: z.ZodObject): readonly string[] {
  const { properties = {} } = z.toJSONSchema(params, { io: "input", target: "draft-7", unrepresentable: "any" });
  return Object.entries(properties)
    .filter(([, property]) => isMarked(property))
    .map(([name]) => name);
}

function isMarked(schema: unknown): boolean {
  if (typeof schema !== "object" || schema === null) return false;
  if ("format" in schema && schema.format === format) return true;
  const inner = [
    ...("anyOf" in schema && Array.isArray(schema.anyOf) ? schema.anyOf : []),
    ...("items" in schema ? [schema.items] : []),
  ];
  return inner.some(isMarked);
}

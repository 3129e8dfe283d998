/** A value that survives JSON. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** An object that survives JSON. */
export type JsonObject = { readonly [field: string]: Json };

/** Whether a value of JSON is an object, and not null or an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parses a text of JSON; undefined where the text is none. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The number of bytes that a value takes as JSON in UTF-8. */
export function sizeBytes(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value));
}

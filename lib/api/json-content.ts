import type { z } from "@hono/zod-openapi";

/** A JSON answer of a route. */
export function jsonAnswer<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { "application/json": { schema } } };
}

/** A JSON body of a request. */
export function jsonBody<Schema extends z.ZodType, Required extends boolean>(schema: Schema, required: Required) {
  return { content: { "application/json": { schema } }, required };
}

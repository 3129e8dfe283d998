import { z } from "@hono/zod-openapi";

/** A whole number in a query, from `least` to `most`. */
export function wholeNumber(least: number, most: number) {
  const error = `expected a whole number from ${least} to ${most}`;
  return z.coerce
    .number({ error })
    .int({ error })
    .min(least, { error })
    .max(most, { error })
    .openapi({ type: "integer" });
}

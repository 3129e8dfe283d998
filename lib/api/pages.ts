import { z } from "@hono/zod-openapi";
import { ProblemError } from "./problem.ts";

/** Where a page of a list with known places goes on: the numbers that its own route wrote. */
export function encodePlace(place: readonly number[]): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** Throws ProblemError 400 for a cursor that no page returned. */
export function decodePlace(cursor: string | undefined, start: readonly number[]): readonly number[] {
  if (cursor === undefined) return start;
  const place = z
    .array(z.int().min(0))
    .length(start.length)
    .safeParse(parsed(Buffer.from(cursor, "base64url").toString()));
  if (place.success) return place.data;
  throw new ProblemError(
    400,
    "cursor",
    'cursor: expected the "next" of an earlier page. Start again without a cursor.',
    {
      errors: [{ path: "cursor", message: 'expected the "next" of an earlier page' }],
    },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The parameters of a paged list. */
export function pageQuery(defaultLimit: number, maxLimit: number) {
  return {
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(maxLimit)
      .default(defaultLimit)
      .openapi({ description: "How many at most." }),
    cursor: z
      .string()
      .max(400)
      .optional()
      .openapi({ description: "The `next` of the page before; absent for the first page." }),
  };
}

/** `next` is null on the last page. */
export const nextCursor = z
  .string()
  .nullable()
  .openapi({ description: "The cursor of the next page; null on the last." });

/** One page of a list in memory. */
export function pageOf<Item>(
  items: readonly Item[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): { readonly items: readonly Item[]; readonly next: string | null } {
  const [start = 0] = decodePlace(cursor, [0]);
  const end = start + limit;
  return { items: items.slice(start, end), next: end < items.length ? encodePlace([end]) : null };
}

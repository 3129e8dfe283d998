import { z } from "@hono/zod-openapi";
import { ProblemError } from "./problem.ts";
import { wholeNumber } from "./whole-number.ts";

/** Where a list goes on, as opaque text. */
export function encodeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** Undefined without a cursor; throws ProblemError 400 for one that no page returned. */
export function decodeCursor<Place>(cursor: string | undefined, schema: z.ZodType<Place>): Place | undefined {
  if (cursor === undefined) return undefined;
  const place = schema.safeParse(parsed(Buffer.from(cursor, "base64url").toString()));
  if (place.success) return place.data;
  const message = 'expected the "next" of an earlier page';
  throw new ProblemError(400, "cursor", `cursor: ${message}. Start again without a cursor.`, {
    errors: [{ path: "cursor", message }],
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where a page of a list with known places goes on: the numbers that its own route wrote. */
export function encodePlace(place: readonly number[]): string {
  return encodeCursor(place);
}

/** Throws ProblemError 400 for a cursor that no page returned. */
export function decodePlace(cursor: string | undefined, start: readonly number[]): readonly number[] {
  return decodeCursor(cursor, z.array(z.int().min(0)).length(start.length)) ?? start;
}

/** The parameters of a paged list. */
export function pageQuery(defaultLimit: number, maxLimit: number) {
  return {
    limit: wholeNumber(1, maxLimit).default(defaultLimit).openapi({ description: "How many at most." }),
    cursor: z
      .string()
      .max(400)
      .optional()
      .openapi({ description: "The `next` of the page before; absent for the first page." }),
  };
}

/** The cursor of a call that works through everything there is, a part at a time. */
export const partCursor = z
  .string()
  .max(400)
  .optional()
  .openapi({ description: "The `next` of the part before; absent for the first." });

/** `next` is null when all is done. */
export const nextPart = z.string().nullable().openapi({
  description: "The cursor of the next part, when the time was over before all was done; null when it is.",
});

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

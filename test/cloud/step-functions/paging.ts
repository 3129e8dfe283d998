import { ApiError } from "./failures.ts";
import type { JsonObject } from "./json.ts";
import { optionalNumber, optionalStringField } from "./request.ts";

const defaultPageSize = 100;
const largestPage = 1000;

/**
 * One page of a list by maxResults and nextToken. A token names the last item answered, so that items which come to the
 * list in between neither repeat nor hide others; throws InvalidToken for one that names none.
 */
export function page<Item>(
  request: JsonObject,
  items: readonly Item[],
  keyOf: (item: Item) => string,
): { readonly items: readonly Item[]; readonly nextToken?: string } {
  const size = optionalNumber(request, "maxResults", largestPage) || defaultPageSize;
  const token = optionalStringField(request, "nextToken", 4096);
  const start = token === undefined ? 0 : startAfter(items, keyOf, token);
  const shown = items.slice(start, start + size);
  const last = shown.at(-1);
  if (last === undefined || start + size >= items.length) return { items: shown };
  return { items: shown, nextToken: Buffer.from(keyOf(last)).toString("base64url") };
}

function startAfter<Item>(items: readonly Item[], keyOf: (item: Item) => string, token: string): number {
  const key = Buffer.from(token, "base64url").toString();
  const index = items.findIndex((item) => keyOf(item) === key);
  if (index < 0) throw new ApiError("InvalidToken", `Invalid Token: '${token}'`);
  return index + 1;
}

import { createHash } from "node:crypto";

/** 32 hex digits that stand for all of these texts: columns over many features would have keys of kilobytes, which every checkpoint repeats. */
export function shortKey(texts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 32);
}

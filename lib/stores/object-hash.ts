import assert from "node:assert/strict";
import { createHash } from "node:crypto";

/** The SHA-256 of the bytes in lower-case hex: the name an object is stored under. */
export function objectHash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The same, computed beside the thread that asks: for bytes of which a run reads many megabytes. */
export async function objectHashAside(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
}

/** Throws AssertionError for text that is no object hash, so that a hash can never name a path outside the store. */
export function assertObjectHash(hash: string): void {
  assert.match(hash, /^[0-9a-f]{64}$/, `An object hash is 64 lower-case hex digits, found ${JSON.stringify(hash)}.`);
}

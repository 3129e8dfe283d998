import assert from "node:assert/strict";
import { z } from "zod";
import type { KeptAnswer, KeyedRequest, RequestOutcome } from "../run/request-store.ts";

/** A remembered request, and its answer once there is one. */
export type StoredRequest = Omit<KeyedRequest, "key"> & { readonly answer?: KeptAnswer };

/** What a request is told, given what is remembered under its key; "new" says that it is to be remembered in its place. */
export function decideRequest(stored: StoredRequest | undefined, request: KeyedRequest): RequestOutcome {
  if (stored === undefined || stored.expiresAtMs <= request.atMs) return { kind: "new" };
  if (stored.digest !== request.digest) return { kind: "different" };
  if (stored.answer !== undefined) return { kind: "answered", answer: stored.answer };
  return request.atMs - stored.atMs > abandonedAfterMs ? { kind: "new" } : { kind: "underWay" };
}

/** The request as stored text. */
export function encodeRequest({ digest, atMs, expiresAtMs }: Omit<KeyedRequest, "key">): string {
  return JSON.stringify({ digest, atMs, expiresAtMs });
}

/** The remembered request's text with its answer. Throws AssertionError for an answer that is too large to keep. */
export function withAnswer(text: string, { status, body }: KeptAnswer): string {
  const sizeBytes = Buffer.byteLength(JSON.stringify(body));
  assert(sizeBytes <= bodyLimitBytes, `A body is kept up to ${bodyLimitBytes} bytes of JSON text, found ${sizeBytes}.`);
  return JSON.stringify({ ...decodeRequest(text), answer: { status, body } });
}

/** The request from stored text; throws ZodError when it is damaged. */
export function decodeRequest(text: string): StoredRequest {
  return storedRequest.parse(JSON.parse(text));
}

/** A first request that was not answered for so long has died. */
const abandonedAfterMs = 60_000;

/** A DynamoDB item holds 409,600 bytes. */
const bodyLimitBytes = 400_000;

const storedRequest: z.ZodType<StoredRequest> = z.strictObject({
  digest: z.string(),
  atMs: z.number(),
  expiresAtMs: z.number(),
  answer: z.strictObject({ status: z.int(), body: z.string() }).exactOptional(),
});

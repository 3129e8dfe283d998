import { createHash } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { keyLifeMs, type RequestStore } from "../run/request-store.ts";
import type { ApiEnv } from "./api-env.ts";
import { ProblemError } from "./problem.ts";

/**
 * Makes a POST with an `Idempotency-Key` have one effect and one answer, however often it arrives: the answer of the first is given again, with
 * `Idempotent-Replayed: true`. Only answers that took effect (2xx) are kept; after any other the request may be sent again. Keys are the caller's own.
 * Where the first one's process died before its answer was kept, the repeat finds what that had created by the `requestKey`.
 */
export function idempotent(requests: RequestStore): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const given = c.req.header("Idempotency-Key");
    if (c.req.method !== "POST" || given === undefined) return next();
    if (!/^[\x21-\x7e]{1,255}$/.test(given))
      throw new ProblemError(400, "idempotency-key", "Idempotency-Key: expected 1 to 255 printable ASCII characters.");
    const key = sha256(JSON.stringify([c.var.caller.id, given]));
    const digest = sha256(JSON.stringify([c.req.path, await c.req.text()]));
    const atMs = Date.now();
    const outcome = await requests.begin({ key, digest, atMs, expiresAtMs: atMs + keyLifeMs });
    switch (outcome.kind) {
      case "answered": {
        const { status, body } = outcome.answer;
        c.res = new Response(body, {
          status,
          headers: { "Content-Type": "application/json", "Idempotent-Replayed": "true" },
        });
        return;
      }
      case "underWay":
        throw new ProblemError(
          409,
          "request-under-way",
          "The first request with this Idempotency-Key is being worked on.",
          {
            retryAfterSeconds: 1,
          },
        );
      case "different":
        throw new ProblemError(
          422,
          "idempotency-key-reused",
          "This Idempotency-Key was used for another request. Give every request a key of its own.",
        );
      case "new":
        c.set("requestKey", sha256(JSON.stringify([key, digest])));
        await next();
        if (c.res.ok) await requests.answer(key, { status: c.res.status, body: await c.res.clone().text() });
        else await requests.forget(key);
    }
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

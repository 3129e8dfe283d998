import { createHash, timingSafeEqual } from "node:crypto";
import type { Identify } from "../api/caller.ts";
import { ProblemError } from "../api/problem.ts";

/** Everybody with the token is one caller; without a token, everybody who reaches the server is. */
export function tokenIdentify(token: string | undefined): Identify {
  return (request) => {
    if (token === undefined) return { id: "local" };
    const given = /^Bearer (.+)$/i.exec(request.headers.get("Authorization") ?? "")?.[1];
    if (given === undefined)
      throw new ProblemError(401, "not-authenticated", "Expected a header Authorization: Bearer TOKEN.");
    // Hashes have one length, and comparing them takes one time.
    if (!timingSafeEqual(sha256(given), sha256(token)))
      throw new ProblemError(401, "not-authenticated", "The bearer token is not this server's.");
    return { id: "local" };
  };
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

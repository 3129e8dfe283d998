import type { Caller } from "./caller.ts";

/** What the middleware leaves for the routes. */
export type ApiEnv = { Variables: { caller: Caller } };

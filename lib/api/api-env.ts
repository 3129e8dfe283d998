import type { Caller } from "./caller.ts";

/** What the middleware leaves for the routes. */
export type ApiEnv = {
  Variables: {
    caller: Caller;
    /** Names this request and its repeats, when it came with an Idempotency-Key: caller, key, and what is asked. */
    requestKey: string | undefined;
  };
};

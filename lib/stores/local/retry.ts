import { setTimeout as sleep } from "node:timers/promises";
import { isTransient } from "./storage-errors.ts";

/** Three tries in all: these are the pauses between them. */
const pausesMs = [20, 200];

/** The operation's result, tried again after a transient error (busy, interrupted) at most twice; then the error is thrown. */
export async function retryTransient<T>(operation: () => T | Promise<T>): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await operation();
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
    await sleep(pauseMs);
  }
  return await operation();
}

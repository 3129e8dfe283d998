import { setTimeout as sleep } from "node:timers/promises";

/** How often a write that lost a race, or was throttled, is tried in all. */
export const tryCount = 12;

/** Pauses before the next try: a random time up to 10 ms after the first, twice that after the second, and at most a second. */
export async function pauseBefore(nextTry: number): Promise<void> {
  await sleep(Math.random() * Math.min(1_000, 10 * 2 ** (nextTry - 1)));
}

import type { Catcher, Retrier } from "./definition.ts";

/** The retrier that a state's error meets and how often each retrier has been used; undefined when none is left. */
export function retrierFor(
  error: string | undefined,
  retriers: readonly Retrier[],
  usedCounts: ReadonlyMap<Retrier, number>,
): Retrier | undefined {
  const first = retriers.find((retrier) => matches(error, retrier.errorEquals));
  return first !== undefined && (usedCounts.get(first) ?? 0) < first.maxAttempts ? first : undefined;
}

/** The first catcher that names the error, or undefined. */
export function catcherFor(error: string | undefined, catchers: readonly Catcher[]): Catcher | undefined {
  return catchers.find((catcher) => matches(error, catcher.errorEquals));
}

/**
 * Seconds to wait before retry number `usedCount + 1`: IntervalSeconds × BackoffRate^usedCount, at most MaxDelaySeconds;
 * with FULL jitter a fraction of it, `random` being at least 0 and below 1.
 */
export function retryDelaySeconds(retrier: Retrier, usedCount: number, random: number): number {
  const backoff = retrier.intervalSeconds * retrier.backoffRate ** usedCount;
  const capped = Math.min(backoff, retrier.maxDelaySeconds ?? Number.POSITIVE_INFINITY);
  switch (retrier.jitter) {
    case "NONE":
      return capped;
    case "FULL":
      return capped * random;
  }
}

/**
 * Whether an error is one of the named ones. States.TaskFailed stands for everything but a timeout; States.ALL for
 * everything but the two terminal errors.
 */
function matches(error: string | undefined, names: readonly string[]): boolean {
  const isTerminal = error === "States.Runtime" || error === "States.DataLimitExceeded";
  return names.some((name) => {
    if (name === "States.ALL") return !isTerminal;
    if (error === "States.Runtime") return false;
    if (name === "States.TaskFailed") return !isTerminal && error !== "States.Timeout";
    return name === error;
  });
}

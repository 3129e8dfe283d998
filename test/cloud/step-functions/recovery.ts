import type { Catcher, Retrier } from "./definition.ts";
import { StateError } from "./failures.ts";
import { catcherFor, retrierFor, retryDelaySeconds } from "./retry.ts";
import { conclude, type Run, type Step } from "./run.ts";
import { sleep } from "./waiting.ts";

/**
 * Tries a state until it succeeds, its retriers are used up or a Catch takes the error. Retries are bounded by each
 * retrier's MaxAttempts and by the history.
 */
export async function recovering(
  run: Run,
  state: { readonly retry: readonly Retrier[]; readonly catch: readonly Catcher[] },
  attempt: () => Promise<Step>,
): Promise<Step> {
  const { position } = run;
  const usedCounts = new Map<Retrier, number>();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      const retrier = retrierFor(error.error, state.retry, usedCounts);
      if (retrier === undefined) return await caught(run, state.catch, error);
      const usedCount = usedCounts.get(retrier) ?? 0;
      usedCounts.set(retrier, usedCount + 1);
      position.retryCount += 1;
      beginAnew(run);
      const delaySeconds = retryDelaySeconds(retrier, usedCount, Math.random());
      await sleep(delaySeconds * 1000 * run.account.timeScale, run.signal);
    }
  }
}

async function caught(run: Run, catchers: readonly Catcher[], error: StateError): Promise<Step> {
  const catcher = catcherFor(error.error, catchers);
  if (catcher === undefined) {
    // AWS redrives what was too large with all its branches, succeeded ones too.
    if (error.error === "States.DataLimitExceeded") beginAnew(run);
    throw error;
  }
  const field = `Catch[${catchers.indexOf(catcher)}]/`;
  const extra = { errorOutput: error.output };
  return { ...(await conclude(run, catcher, { otherwise: error.output, extra, field })), next: catcher.next };
}

function beginAnew({ position }: Run): void {
  position.branches = undefined;
  position.mapRun = undefined;
}

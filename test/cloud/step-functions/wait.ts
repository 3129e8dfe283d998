import type { WaitState } from "./definition.ts";
import { conclude, evaluateField, evaluateNumber, fieldError, type Run, type Step } from "./run.ts";
import { sleep } from "./waiting.ts";

const longestSeconds = 99_999_999;

/** Waits so many seconds, or until a timestamp, on the scaled clock. */
export async function waitState(run: Run, state: WaitState): Promise<Step> {
  const seconds = await secondsToWait(run, state);
  await sleep(seconds * 1000 * run.account.timeScale, run.signal);
  return { ...(await conclude(run, state, { otherwise: run.position.input })), next: state.next };
}

async function secondsToWait(run: Run, { seconds, timestamp }: WaitState): Promise<number> {
  if (seconds !== undefined) return evaluateNumber(run, seconds, { field: "Seconds", from: 0, to: longestSeconds });
  const until = await evaluateField(run, timestamp ?? "", "Timestamp");
  const untilMs = typeof until === "string" && until.includes("T") ? Date.parse(until) : Number.NaN;
  if (Number.isNaN(untilMs)) {
    throw fieldError(run, "Timestamp", `has to be a timestamp of RFC 3339, found ${JSON.stringify(until)}`);
  }
  return Math.max(0, untilMs - run.account.now()) / 1000;
}

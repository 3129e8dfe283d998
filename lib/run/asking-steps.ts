import { answerStretch } from "./answer-stretch.ts";
import type { AnswerCall, Asked, MeasureCall, StepCall } from "./execution-call.ts";
import { holdRun } from "./execution-hold.ts";
import { nearDeadline, type StepClock } from "./near-deadline.ts";
import { openRun, type RunStores } from "./opened-run.ts";
import type { RunRecord } from "./run-store.ts";
import { type StretchAnswers, storeIndex } from "./stored-answers.ts";
import { type AskingPlan, planAsking } from "./stretches.ts";

/** An invocation begins cold: it loads its code, the run, and the model into the runtime. */
const startMs = 4_000;

/**
 * Decides, before a workflow goes over the next bars of a run whose models may be asked ahead, which stretches of them are answered side by side first: none where the run is not this
 * execution's any more. Throws what `openRun` throws.
 */
export async function measureStep(
  call: MeasureCall,
  clock: StepClock,
  stores: RunStores,
): Promise<{ readonly run: RunRecord; readonly plan: AskingPlan }> {
  const { isOurs, run } = await hold(call, clock, stores);
  if (!isOurs) return { run, plan: { stretches: [], toBar: run.endBar } };
  // Half of the time is for machines and moments that are slower than this one.
  const place = { atOnce: call.atOnce, startMs, mostMs: clock.remainingMs() / 2, mostBytes: Number.POSITIVE_INFINITY };
  return { run, plan: await planAsking(await openRun(run, stores), place, stores) };
}

/**
 * Asks a run's models about one stretch of bars; less of it where the time runs short, and nothing where the run is cancelled or not this execution's any more. It changes nothing but
 * that it may take the next attempt, as the first step of a redrive. Throws what `openRun` throws.
 */
export async function answerStep(
  call: AnswerCall,
  clock: StepClock,
  stores: RunStores,
): Promise<{ readonly run: RunRecord; readonly answers: StretchAnswers }> {
  const isLate = nearDeadline(clock);
  const { isOurs, run } = await hold(call, clock, stores);
  if (!isOurs) return { run, answers: await storeIndex(call.startBar, [], stores.objects) };
  const isGivenUp = givenUp(run, clock, stores);
  const isOver = async (): Promise<boolean> => isLate() || (await isGivenUp());
  return { run, answers: await answerStretch(await openRun(run, stores), call, stores, isOver) };
}

/** What was asked of a run that nothing is to be asked ahead of. */
export function nothingToAsk({ endBar }: RunRecord): Asked {
  return { toBar: endBar, answers: [] };
}

async function hold(
  call: StepCall,
  clock: StepClock,
  stores: RunStores,
): Promise<{ readonly isOurs: boolean; readonly run: RunRecord }> {
  const { kind, run } = await holdRun(call, { kind: "none" }, clock.nowMs(), stores);
  return { isOurs: kind === "held" && run.status !== "cancelling", run };
}

/** How often an invocation looks whether somebody still wants its answers. */
const lookEveryMs = 5_000;

function givenUp({ runId, attempt }: RunRecord, { nowMs }: StepClock, { runs }: RunStores): () => Promise<boolean> {
  let lookedAtMs = nowMs();
  return async () => {
    if (nowMs() - lookedAtMs < lookEveryMs) return false;
    lookedAtMs = nowMs();
    const now = await runs.getRun(runId);
    return now === undefined || now.attempt !== attempt || (now.status !== "running" && now.status !== "resuming");
  };
}

import { availableParallelism } from "node:os";
import type { OpenedRun, RunStores } from "./opened-run.ts";
import { type BarRange, mostAnswerBytes, overStoredAnswers, type StretchAnswers } from "./stored-answers.ts";
import { type AskingPlace, planAsking } from "./stretches.ts";

/**
 * What models say does not depend on the position, so that stretches of bars can be asked about side by side, before the run goes over them in turn. A stretch is the work of a thread;
 * of an invocation, where a workflow asks ahead (`asking-steps.ts`).
 */
export type Stretch = BarRange & { readonly runId: string };

/** Has stretches answered, at the same time; what it gives is in their order. */
export type AskAhead = (stretches: readonly Stretch[]) => Promise<readonly StretchAnswers[]>;

/** Threads of this process, in whose memory the answers must fit. */
const threads: Omit<AskingPlace, "atOnce"> = {
  startMs: 700,
  mostMs: Number.POSITIVE_INFINITY,
  mostBytes: mostAnswerBytes,
};

/** The run with what its models say asked ahead, where its spec wants that, or leaves the choice and measured times speak for it; else the run as it is. */
export async function withAnswers(opened: OpenedRun, ask: AskAhead, stores: RunStores): Promise<OpenedRun> {
  const { runId, headBar } = opened.run;
  const place = { ...threads, atOnce: availableParallelism() };
  const { stretches, toBar } = await planAsking(opened, place, stores);
  if (stretches.length === 0) return opened;
  const answers = await ask(stretches.map((stretch) => ({ runId, ...stretch })));
  return overStoredAnswers(opened, answers, { startBar: headBar, endBar: toBar }, stores);
}

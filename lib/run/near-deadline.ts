/** The time, and what is left of it for this invocation. */
export type StepClock = { readonly nowMs: () => number; readonly remainingMs: () => number };

/** A quarter of an invocation's time, and this much at most, is left for writing what it computed. */
const deadlineMarginMs = 20_000;

/** Tells, from now on, whether the time runs short. */
export function nearDeadline({ remainingMs }: StepClock): () => boolean {
  const marginMs = Math.min(deadlineMarginMs, remainingMs() / 4);
  return () => remainingMs() < marginMs;
}

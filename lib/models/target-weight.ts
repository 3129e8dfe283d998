import { type DecisionReason, type DecisionRules, isTooSoon, type Moment } from "./decision.ts";
import { type Opinion, tradeThreshold } from "./model-output.ts";

/** How an opinion becomes the part of the equity to hold: 1 is all of it long, −1 all of it short. */
export type WeightRules = {
  /** The weight of full conviction. */
  readonly maximum: number;
  /** Smaller changes of the weight are left alone; an equal one is made. */
  readonly leastChange: number;
};

/** The weight to hold from now on, and why; the current one where nothing is to be done. */
export type WeightDecision = { readonly weight: number; readonly reason: DecisionReason };

export type WeightInput = {
  readonly opinion: Opinion | "missing";
  readonly currentWeight: number;
  readonly now: Moment;
  readonly lastSignal: Moment | null;
};

/**
 * The target weight at a bar's close: maximum × (P(BUY) − P(SELL)) of a classification; maximum × predicted return / (3 · threshold), within ±maximum and 0 inside
 * the threshold, of a regression; never below 0 unless shorts are allowed. Held back by confidence, separation and a change below the least.
 */
export function decideWeight(rules: DecisionRules, weights: WeightRules, input: WeightInput): WeightDecision {
  const { opinion, currentWeight, now, lastSignal } = input;
  const stay = (reason: DecisionReason): WeightDecision => ({ weight: currentWeight, reason });
  if (opinion === "missing") return stay({ kind: "missing" });
  if (opinion.kind === "fault") return stay({ kind: "fault", message: opinion.reason });
  if (rules.confidence !== undefined && opinion.confidence < rules.confidence) return stay({ kind: "confidence" });
  if (isTooSoon(rules, now, lastSignal)) return stay({ kind: "separation" });
  const conviction = convictionOf(opinion, rules);
  const weight = weights.maximum * (rules.shorts ? conviction : Math.max(0, conviction));
  if (Math.abs(weight - currentWeight) < weights.leastChange) return stay({ kind: "position" });
  return { weight, reason: { kind: "passed" } };
}

function convictionOf(opinion: Opinion & { kind: "opinion" }, rules: DecisionRules): number {
  const { predictedReturn, probabilities } = opinion;
  if (predictedReturn === null) return (probabilities.BUY ?? 0) - (probabilities.SELL ?? 0);
  const threshold = tradeThreshold(rules.edge);
  if (Math.abs(predictedReturn) <= threshold) return 0;
  return Math.max(-1, Math.min(1, predictedReturn / (3 * threshold)));
}

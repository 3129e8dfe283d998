import type { EdgeRequirement, Opinion, Signal } from "./model-output.ts";

export type Position = "FLAT" | "LONG" | "SHORT";

/** When a model's opinion becomes a decision. */
export type DecisionRules = {
  /** The least confidence that passes; undefined where none is asked for, as of a regression, whose edge is asked for instead. */
  readonly confidence: number | undefined;
  readonly edge: EdgeRequirement;
  /** The least time or number of bars since the bar of the last executed signal. */
  readonly separation: { readonly unit: "hours" | "bars"; readonly count: number };
  /** Whether a signal that the position already follows is held back, and a sale without a position unless shorts are allowed. */
  readonly positionAware: boolean;
  readonly shorts: boolean;
};

/** A bar by its number and its open time in UTC milliseconds. */
export type Moment = { readonly bar: number; readonly timeMs: number };

export type Decision = {
  readonly signal: Signal;
  /** What the model said, before the rules; HOLD where it said nothing. */
  readonly rawSignal: Signal;
  /** 0 where the model said nothing. */
  readonly confidence: number;
  readonly reason: DecisionReason;
};

/** Why: the signal passed, the model said HOLD, the rule that held it back, features were missing, or the model failed. */
export type DecisionReason =
  | { readonly kind: "passed" | "hold" | "confidence" | "separation" | "position" | "shorts" | "missing" }
  | { readonly kind: "fault"; readonly message: string };

export type DecisionInput = {
  /** "missing" where a feature is not defined yet. */
  readonly opinion: Opinion | "missing";
  readonly position: Position;
  readonly now: Moment;
  /** The bar at which the last executed signal was given; null before the first. */
  readonly lastSignal: Moment | null;
};

/**
 * The decision at a bar's close. Rules in their order: confidence (equal passes), separation (equal passes), position. Pure: everything that it depends on is an
 * argument.
 */
export function decide(rules: DecisionRules, { opinion, position, now, lastSignal }: DecisionInput): Decision {
  if (opinion === "missing") return nothing({ kind: "missing" });
  if (opinion.kind === "fault") return nothing({ kind: "fault", message: opinion.reason });
  const { signal: rawSignal, confidence } = opinion;
  if (!Number.isFinite(confidence)) return nothing({ kind: "fault", message: "the confidence is not a finite number" });
  const held = (kind: "hold" | "confidence" | "separation" | "position" | "shorts"): Decision => ({
    signal: "HOLD",
    rawSignal,
    confidence,
    reason: { kind },
  });
  if (rules.confidence !== undefined && confidence < rules.confidence) return held("confidence");
  if (isTooSoon(rules, now, lastSignal)) return held("separation");
  if (rawSignal === "HOLD") return held("hold");
  if (rules.positionAware) {
    if (position === (rawSignal === "BUY" ? "LONG" : "SHORT")) return held("position");
    if (rawSignal === "SELL" && position === "FLAT" && !rules.shorts) return held("shorts");
  }
  return { signal: rawSignal, rawSignal, confidence, reason: { kind: "passed" } };
}

/** Whether less than the required separation lies between the last executed signal and now. */
export function isTooSoon({ separation }: DecisionRules, now: Moment, lastSignal: Moment | null): boolean {
  if (lastSignal === null) return false;
  const passed = separation.unit === "bars" ? now.bar - lastSignal.bar : (now.timeMs - lastSignal.timeMs) / 3_600_000;
  return passed < separation.count;
}

function nothing(reason: DecisionReason): Decision {
  return { signal: "HOLD", rawSignal: "HOLD", confidence: 0, reason };
}

import { indexOfGreatest, softmax } from "./softmax.ts";

/** What a decision is about: to hold a position, or to turn it upward or downward. */
export type Signal = "BUY" | "HOLD" | "SELL";

/** What a model's row of outputs means: as its metadata says, never guessed from the numbers. */
export type OutputMeaning =
  /** One number a class, in this order; `logits` become probabilities by softmax, `probabilities` are taken as they are. */
  | { readonly kind: "classification"; readonly scale: "logits" | "probabilities"; readonly classes: readonly string[] }
  /** The first number is a predicted return, as a fraction. */
  | { readonly kind: "regression" };

/** A model's opinion of one bar: a signal with its confidence, or why there is none. */
export type Opinion =
  | {
      readonly kind: "opinion";
      readonly signal: Signal;
      /** The chosen class's probability; of a regression |predicted return| / (3 · threshold), at most 1. */
      readonly confidence: number;
      /** By class of a classification; empty for a regression. */
      readonly probabilities: { readonly [name: string]: number };
      readonly predictedReturn: number | null;
    }
  | { readonly kind: "fault"; readonly reason: string };

/** How far the probabilities that a model gives may miss 1 in sum: what float32 loses over a thousand classes. */
export const sumTolerance = 1e-3;

/**
 * The opinion of a classifier's outputs: the class with the greatest probability, the first in the model's order of equal ones. A class that is not
 * named BUY, HOLD or SELL is no signal and means HOLD. NaN and impossible probabilities are a fault.
 */
export function classify(outputs: ArrayLike<number>, meaning: OutputMeaning & { kind: "classification" }): Opinion {
  const { classes, scale } = meaning;
  if (outputs.length !== classes.length)
    return { kind: "fault", reason: `expected ${classes.length} outputs, found ${outputs.length}` };
  const probabilities = scale === "logits" ? softmax(outputs) : Float64Array.from(outputs);
  const best = indexOfGreatest(probabilities);
  if (best < 0) return { kind: "fault", reason: "an output is not a finite number" };
  const sum = probabilities.reduce((a, b) => a + b, 0);
  if (probabilities.some((value) => value < 0) || Math.abs(sum - 1) > sumTolerance)
    return { kind: "fault", reason: `expected probabilities that add up to 1, found ${probabilities.join(", ")}` };
  return {
    kind: "opinion",
    signal: signalOf(classes[best]),
    confidence: probabilities[best],
    probabilities: Object.fromEntries(classes.map((name, i) => [name, probabilities[i]])),
    predictedReturn: null,
  };
}

/** What a predicted return must exceed to be worth a trade: round-trip cost × edge multiplier, fractions. */
export type EdgeRequirement = { readonly roundTripCost: number; readonly edgeMultiplier: number };

/** The opinion of a predicted return: BUY above the threshold and SELL below its negative, both strictly, else HOLD. NaN is a fault. */
export function judgeReturn(predictedReturn: number, edge: EdgeRequirement): Opinion {
  if (!Number.isFinite(predictedReturn))
    return { kind: "fault", reason: "the predicted return is not a finite number" };
  const threshold = tradeThreshold(edge);
  const signal = predictedReturn > threshold ? "BUY" : predictedReturn < -threshold ? "SELL" : "HOLD";
  const size = Math.abs(predictedReturn);
  const confidence = size === 0 ? 0 : Math.min(size / (3 * threshold), 1);
  return { kind: "opinion", signal, confidence, probabilities: {}, predictedReturn };
}

/** The predicted return that a trade must exceed, as a fraction, rounded to 15 digits: 0.003 × 1.5 is to be 0.0045, as written, and not the double above it. */
export function tradeThreshold({ roundTripCost, edgeMultiplier }: EdgeRequirement): number {
  return Number((roundTripCost * edgeMultiplier).toPrecision(15));
}

function signalOf(name: string): Signal {
  return name === "BUY" || name === "SELL" ? name : "HOLD";
}

import { type Bars, barCount } from "../engine/bars.ts";
import { ColumnSet } from "../engine/column-set.ts";
import {
  canonicalFeatures,
  featureColumns,
  type NormalisationFigures,
  normalisationMethod,
} from "../features/feature-columns.ts";
import type { FeatureGrammar, NormalisationMethod } from "../features/feature-grammar.ts";
import type { Normalisation } from "../features/normalisation.ts";
import type { TrainingRows } from "./train-classifier.ts";

/** Figures of a feature's values over training bars, missing ones left out: what `normalisation` in a bundle's metadata holds. */
export function figuresOf(method: NormalisationMethod, values: Float64Array): Normalisation {
  const known = values.filter((value) => Number.isFinite(value));
  if (method === "none" || known.length === 0) return { method: "none" };
  if (method === "minmax") {
    const range = (of: (a: number, b: number) => number) => known.reduce((a, b) => of(a, b));
    return { method, min: range(Math.min), max: range(Math.max) };
  }
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { method, mean, std: Math.sqrt(squares / known.length) };
}

/** The normalisation figures of a grammar's raw features over these bars, which must be training bars only. */
export function trainingFigures(grammar: FeatureGrammar, bars: Bars): NormalisationFigures {
  const raw = { ...grammar, normalisations: grammar.normalisations.map((method) => method && ("none" as const)) };
  const places = canonicalFeatures(grammar);
  const values = featureValues(raw, {}, bars);
  const figures: { [feature: string]: Normalisation } = {};
  for (const [i, place] of places.entries()) {
    const method = place.kind === "raw" ? normalisationMethod(grammar, place) : "none";
    if (method !== "none") figures[place.name] = figuresOf(method, values[i]);
  }
  return figures;
}

/** The features at every bar, in their canonical order; NaN where missing. */
export function featureValues(
  grammar: FeatureGrammar,
  figures: NormalisationFigures,
  bars: Bars,
): readonly Float64Array[] {
  const columns = featureColumns(grammar, figures).map(({ column }) => column);
  const set = new ColumnSet(columns, 0);
  set.compute(bars);
  return columns.map((column) => set.view(column).values);
}

/**
 * The class of each bar by what came after it: 0 (BUY) where the close `horizon` bars later is more than `threshold` above its own, 2 (SELL) where more than
 * `threshold` below, 1 (HOLD) in between. The last `horizon` bars have none. It looks ahead: for training only.
 */
export function forwardReturnClasses({ close }: Bars, horizon: number, threshold: number): Uint8Array {
  return Uint8Array.from({ length: Math.max(0, close.length - horizon) }, (_, i) => {
    const change = close[i + horizon] / close[i] - 1;
    return change > threshold ? 0 : change < -threshold ? 2 : 1;
  });
}

/** The rows of bars at which every feature is defined and a class is known. */
export function trainingRows(values: readonly Float64Array[], classes: Uint8Array, bars: Bars): TrainingRows {
  const known = Array.from({ length: Math.min(classes.length, barCount(bars)) }, (_, i) => i).filter((i) =>
    values.every((column) => Number.isFinite(column[i])),
  );
  return {
    columns: values.map((column) => Float64Array.from(known, (i) => column[i])),
    classes: Uint8Array.from(known, (i) => classes[i]),
  };
}

import { type Timeframe, timeframeMs } from "../engine/timeframe.ts";
import { canonicalFeatures, FeatureError, featureColumns } from "../features/feature-columns.ts";
import { type FeatureGrammar, parseFeatureGrammar } from "../features/feature-grammar.ts";
import { type Bundle, requireFeatures } from "./bundle.ts";
import { ModelBundleError } from "./bundle-error.ts";
import { type DecisionSection, parseDecisionSection } from "./decision-section.ts";
import type { LoadedModel } from "./inference.ts";
import { type ModelColumns, modelColumns } from "./model-columns.ts";

/** A model bound to the strategy that uses it: its columns over the strategy's features, and the rules of its decisions. */
export type BoundModel = {
  readonly columns: ModelColumns;
  readonly decisions: DecisionSection;
  /** The timeframe that a run of it must have. */
  readonly base: Timeframe;
  /** Features of the strategy that the model does not read. */
  readonly extras: readonly string[];
};

/**
 * Binds a loaded model to a strategy document, by default the one it was trained with. Throws ModelBundleError where features, their order or the kind of output differ, and what the
 * document's parsers throw.
 */
export function bindModel(
  loaded: LoadedModel,
  bundle: Bundle,
  document: object = bundle.metadata.strategy,
): BoundModel {
  const { metadata } = bundle;
  const where = `model "${metadata.name}": metadata.json: strategy`;
  const grammar = parseFeatureGrammar(document, where);
  const decisions = parseDecisionSection("decisions" in document ? document.decisions : {}, where);
  if (decisions.outputFormat !== metadata.output.kind) {
    throw new ModelBundleError(`"${metadata.name}"`, [
      `its output is a ${metadata.output.kind}, the strategy expects a ${decisions.outputFormat} (decisions.output_format). Use the strategy that it was trained with.`,
    ]);
  }
  const { extras, features } = featuresOf(grammar, bundle, where);
  return {
    columns: modelColumns(
      loaded,
      features.map(({ column }) => column),
    ),
    decisions,
    base: grammar.base,
    extras,
  };
}

/** The features that the model reads, and the names of those that it does not. */
function featuresOf(grammar: FeatureGrammar, bundle: Bundle, where: string) {
  try {
    const extras = requireFeatures(
      bundle,
      canonicalFeatures(grammar).map(({ name }) => name),
    );
    const features = featureColumns(grammar, bundle.metadata.normalisation);
    return { extras, features: features.filter(({ name }) => !extras.includes(name)) };
  } catch (error) {
    if (!(error instanceof FeatureError)) throw error;
    throw new FeatureError(`${where}: ${error.message}`, { cause: error });
  }
}

/** Which part of a backtest's window, both ends in UTC milliseconds, lies in the range that the model was trained on: undefined where none, else an evaluation in sample. */
export function trainingOverlap(
  { training }: Bundle["metadata"],
  window: { readonly fromMs: number; readonly toMs: number },
): { readonly fromMs: number; readonly toMs: number } | undefined {
  // A date without a time is the whole day.
  const lastMs = training.to.includes("T")
    ? Date.parse(training.to)
    : Date.parse(training.to) + Number(timeframeMs("1d")) - 1;
  const fromMs = Math.max(window.fromMs, Date.parse(training.from));
  const toMs = Math.min(window.toMs, lastMs);
  return fromMs <= toMs ? { fromMs, toMs } : undefined;
}

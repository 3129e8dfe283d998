import { type Bars, sliceBars } from "../lib/engine/bars.ts";
import { RandomGenerator, seedRandom } from "../lib/engine/random.ts";
import { canonicalFeatures } from "../lib/features/feature-columns.ts";
import { parseFeatureGrammar } from "../lib/features/feature-grammar.ts";
import type { BundleFiles } from "../lib/models/bundle.ts";
import type { DenseLayer } from "../lib/models/dense-network.ts";
import { exportBundle } from "../lib/models/export-bundle.ts";
import { trainingFigures } from "../lib/models/training-data.ts";

/** Sixteen features of a minute: eight oscillators, and fuzzy sets on two of them. */
const document = {
  name: "bench",
  training_data: { timeframes: { list: ["1m"], base_timeframe: "1m" } },
  indicators: {
    ...Object.fromEntries([5, 10, 20, 50].map((period) => [`rsi_${period}`, { type: "rsi", period }])),
    ...Object.fromEntries([1, 5, 10, 30].map((period) => [`roc_${period}`, { type: "roc", period }])),
    ...Object.fromEntries([10, 30].map((period) => [`distance_${period}`, { type: "distance_from_ma", period }])),
  },
  fuzzy_sets: Object.fromEntries(
    [5, 20].map((period) => [
      `f${period}`,
      { indicator: `rsi_${period}`, low: [0, 25, 45], middle: [30, 50, 70], high: [55, 75, 100] },
    ]),
  ),
  nn_inputs: [
    ...[5, 10, 20, 50].map((period) => ({
      raw_indicator: `rsi_${period}`,
      timeframes: "all",
      normalization: "minmax",
    })),
    ...[1, 5, 10, 30].map((period) => ({ raw_indicator: `roc_${period}`, timeframes: "all", normalization: "zscore" })),
    ...[10, 30].map((period) => ({ raw_indicator: `distance_${period}`, timeframes: "all", normalization: "zscore" })),
    ...[5, 20].map((period) => ({ fuzzy_set: `f${period}`, timeframes: "all" })),
  ],
  decisions: { confidence_threshold: 0.5, filters: { min_signal_separation_bars: 5 } },
};

export const modelGrammar = parseFeatureGrammar(document, "bench");

/** The bundle "bench" of a dense network of these sizes, 16 features first, with random weights; its figures are of the first bars. */
export function modelFiles(sizes: readonly number[], bars: Bars): BundleFiles {
  return exportBundle({
    name: "bench",
    version: "1",
    layers: randomLayers(sizes),
    strategy: document,
    features: canonicalFeatures(modelGrammar).map(({ name }) => name),
    figures: trainingFigures(modelGrammar, sliceBars(bars, 0, 20_000)),
    training: { symbols: ["X"], timeframes: ["1m"], from: "2000-01-01", to: "2000-12-31" },
  });
}

function randomLayers(sizes: readonly number[]): readonly DenseLayer[] {
  const random = new RandomGenerator(seedRandom(11, "bench"));
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i];
    // So large that opinions differ and pass the threshold.
    const scale = 3 * Math.sqrt(6 / inputs);
    return {
      inputs,
      outputs,
      weights: Array.from({ length: inputs * outputs }, () => (random.next() - 0.5) * scale),
      biases: Array.from({ length: outputs }, () => (random.next() - 0.5) * 0.1),
      activation: i < sizes.length - 2 ? "relu" : "none",
    };
  });
}

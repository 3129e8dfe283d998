import { RandomGenerator, seedRandom } from "../../lib/engine/random.ts";
import { canonicalFeatures } from "../../lib/features/feature-columns.ts";
import { parseFeatureGrammar } from "../../lib/features/feature-grammar.ts";
import type { BundleFiles } from "../../lib/models/bundle.ts";
import { denseNetworkModel } from "../../lib/models/dense-network.ts";
import type { OnnxModel } from "../../lib/models/onnx-model.ts";
import { bundleFiles } from "./bundle-files.ts";
import { convolutionModel, lstmModel } from "./sequence-models.ts";

export const networkKinds = ["dense", "dense window", "lstm", "convolution"] as const;
export type NetworkKind = (typeof networkKinds)[number];

/** A strategy over bars of a minute and of five. */
export const minuteStrategy = {
  name: "minutes",
  training_data: { timeframes: { list: ["1m", "5m"], base_timeframe: "1m" } },
  indicators: { rsi_5: { type: "rsi", period: 5 }, roc_3: { type: "roc", period: 3 } },
  fuzzy_sets: { rsi: { indicator: "rsi_5", low: [0, 20, 50], high: [50, 80, 100] } },
  nn_inputs: [
    { fuzzy_set: "rsi", timeframes: "all" },
    { raw_indicator: "roc_3", timeframes: ["1m"], normalization: "zscore" },
  ],
  decisions: { confidence_threshold: 0.34, filters: { min_signal_separation_bars: 2 } },
};

export const minuteFeatures = canonicalFeatures(parseFeatureGrammar(minuteStrategy, "test")).map(({ name }) => name);

/** A bundle of a network of this kind with random weights, for bars of a minute. */
export function randomBundle(kind: NetworkKind, seed: number, name = "net"): BundleFiles {
  const input = {
    dense: {},
    "dense window": { window: 3 },
    lstm: { window: 4, layout: "steps" },
    convolution: { window: 4, layout: "channels" },
  }[kind];
  return bundleFiles({
    model: network(kind, seed),
    features: minuteFeatures,
    metadata: {
      name,
      features: minuteFeatures,
      input,
      strategy: minuteStrategy,
      normalisation: { "1m_roc_3_raw": { method: "zscore", mean: 0, std: 0.02 } },
      training: { symbols: ["X"], timeframes: ["1m"], from: "2000-01-03", to: "2010-12-31" },
    },
  });
}

function network(kind: NetworkKind, seed: number): OnnxModel {
  const generator = new RandomGenerator(seedRandom(seed, "weights"));
  // Large weights give opinions that differ from bar to bar.
  const centred = () => (generator.next() - 0.5) * 6;
  const count = minuteFeatures.length;
  switch (kind) {
    case "dense":
      return dense(count, centred);
    case "dense window":
      return dense(3 * count, centred);
    case "lstm":
      return lstmModel(4, count, 5, centred);
    case "convolution":
      return convolutionModel(4, count, 5, centred);
  }
}

function dense(inputs: number, random: () => number): OnnxModel {
  const layer = (from: number, to: number, activation: "none" | "relu") => ({
    inputs: from,
    outputs: to,
    weights: Array.from({ length: from * to }, random),
    biases: Array.from({ length: to }, random),
    activation,
  });
  return denseNetworkModel([layer(inputs, 8, "relu"), layer(8, 3, "none")], "test");
}

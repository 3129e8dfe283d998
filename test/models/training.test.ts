import { expect, test } from "vitest";
import type { Bars } from "../../lib/engine/bars.ts";
import { sliceBars } from "../../lib/engine/bars.ts";
import { RandomGenerator, seedRandom } from "../../lib/engine/random.ts";
import { canonicalFeatures } from "../../lib/features/feature-columns.ts";
import { parseFeatureGrammar } from "../../lib/features/feature-grammar.ts";
import { openBundle } from "../../lib/models/bundle.ts";
import { exportBundle } from "../../lib/models/export-bundle.ts";
import { loadModel } from "../../lib/models/load-model.ts";
import { type TrainingSettings, trainClassifier } from "../../lib/models/train-classifier.ts";
import {
  featureValues,
  figuresOf,
  forwardReturnClasses,
  trainingFigures,
  trainingRows,
} from "../../lib/models/training-data.ts";
import { barsOf } from "../engine/bars-of.ts";
import { evaluateDense } from "./dense-reference.ts";

const settings: TrainingSettings = {
  classCount: 3,
  hidden: [8],
  epochs: 60,
  batchRows: 16,
  learningRate: 0.02,
  decay: 0,
  seed: 7,
};

/** Points of the unit square; the class is the third of the diagonal they lie in. */
const rows = (() => {
  const random = new RandomGenerator(seedRandom(1, "points"));
  const points = Array.from({ length: 300 }, () => [random.next(), random.next()] as const);
  return {
    columns: [Float64Array.from(points, ([x]) => x), Float64Array.from(points, ([, y]) => y)],
    classes: Uint8Array.from(points, ([x, y]) => (x + y < 2 / 3 ? 0 : x + y < 4 / 3 ? 1 : 2)),
  };
})();

test("a small network learns three thirds of a square", () => {
  const { layers, losses } = trainClassifier(rows, settings);
  const right = Array.from(rows.classes).filter((target, i) => {
    const logits = evaluateDense(layers, [rows.columns[0][i], rows.columns[1][i]]);
    return logits.indexOf(Math.max(...logits)) === target;
  });
  expect(right.length / 300).toBeGreaterThan(0.93);
  expect(losses.at(-1)).toBeLessThan(losses[0] / 3);
});

test("the same rows and seed give the same weights, another seed others", () => {
  const few = { ...settings, epochs: 2 };
  expect(trainClassifier(rows, few)).toEqual(trainClassifier(rows, few));
  expect(trainClassifier(rows, { ...few, seed: 8 })).not.toEqual(trainClassifier(rows, few));
});

test("without hidden layers it is a logistic model", () => {
  expect(trainClassifier(rows, { ...settings, hidden: [], epochs: 1 }).layers).toHaveLength(1);
});

test("no rows are refused", () => {
  expect(() => trainClassifier({ columns: [new Float64Array()], classes: new Uint8Array() }, settings)).toThrow(
    /found 0 rows/,
  );
});

test("figures are of the known values", () => {
  const values = Float64Array.of(Number.NaN, 1, 3, 5);
  expect(figuresOf("minmax", values)).toEqual({ method: "minmax", min: 1, max: 5 });
  expect(figuresOf("zscore", values)).toEqual({ method: "zscore", mean: 3, std: Math.sqrt(8 / 3) });
});

test("a bar's class is what came after it, and the last bars have none", () => {
  expect(Array.from(forwardReturnClasses(barsOf([100, 100, 103, 100, 98]), 2, 0.01))).toEqual([0, 1, 2]);
});

const document = {
  name: "demo",
  training_data: { timeframes: { timeframe: "1h" } },
  indicators: { rsi_5: { type: "rsi", period: 5 }, roc_3: { type: "roc", period: 3 } },
  fuzzy_sets: {
    rsi: {
      indicator: "rsi_5",
      low: { type: "gaussian", parameters: [30, 15] },
      high: { type: "gaussian", parameters: [70, 15] },
    },
  },
  nn_inputs: [
    { fuzzy_set: "rsi", timeframes: "all" },
    { raw_indicator: "roc_3", timeframes: "all", normalization: "zscore" },
  ],
};

test("a model trained on the first bars is exported, opened and answers on the rest", () => {
  const bars = wave(400);
  const past = sliceBars(bars, 0, 300);
  const grammar = parseFeatureGrammar(document, "demo");
  const figures = trainingFigures(grammar, past);
  const values = featureValues(grammar, figures, past);
  const { layers } = trainClassifier(trainingRows(values, forwardReturnClasses(past, 3, 0.001), past), {
    ...settings,
    epochs: 5,
  });
  const bundle = openBundle(
    exportBundle({
      name: "demo",
      version: "1",
      layers,
      strategy: document,
      features: canonicalFeatures(grammar).map(({ name }) => name),
      figures,
      training: { symbols: ["WAVE"], timeframes: ["1h"], from: "2024-01-01", to: "2024-01-13" },
    }),
    "demo",
  );
  expect(bundle.metadata.features).toEqual(["1h_rsi_low", "1h_rsi_high", "1h_roc_3_raw"]);
  const rest = featureValues(grammar, bundle.metadata.normalisation, bars).map((column) => column[350]);
  const outputs = loadModel(bundle).infer(Float32Array.from(rest), 350);
  for (const [i, expected] of evaluateDense(layers, rest).entries()) expect(outputs[i]).toBeCloseTo(expected, 4);
});

test("figures are of the training bars alone", () => {
  const bars = wave(400);
  const grammar = parseFeatureGrammar(document, "demo");
  expect(trainingFigures(grammar, sliceBars(bars, 0, 300))).not.toEqual(trainingFigures(grammar, bars));
});

function wave(count: number): Bars {
  return barsOf(Array.from({ length: count }, (_, i) => 100 + 5 * Math.sin(i / 9) + i / 100));
}

import { expect, test } from "vitest";
import { columnKey } from "../../lib/engine/column-set.ts";
import { bindModel, trainingOverlap } from "../../lib/models/bound-model.ts";
import { openBundle } from "../../lib/models/bundle.ts";
import { loadModel } from "../../lib/models/load-model.ts";
import { bundleFiles } from "./bundle-files.ts";

const strategy = {
  name: "momentum",
  training_data: { timeframes: { timeframe: "1h" } },
  indicators: { rsi_14: { type: "rsi", period: 14 } },
  fuzzy_sets: { rsi_m: { indicator: "rsi_14", low: [0, 20, 40], high: [60, 80, 100] } },
  nn_inputs: [{ fuzzy_set: "rsi_m", timeframes: "all" }],
  decisions: { confidence_threshold: 0.6 },
};
const bundle = openBundle(bundleFiles({ metadata: { strategy } }), "small");
const loaded = loadModel(bundle);

test("a model is bound to the strategy in its own metadata", () => {
  const { columns, base, extras, decisions } = bindModel(loaded, bundle);
  expect([columns.outputs.length, base, extras, decisions.rules.confidence]).toEqual([3, "1h", [], 0.6]);
});

test("memberships in another order are refused, both lists side by side", () => {
  const fuzzy_sets = { rsi_m: { indicator: "rsi_14", high: [60, 80, 100], low: [0, 20, 40] } };
  expect(() => bindModel(loaded, bundle, { ...strategy, fuzzy_sets })).toThrow(/1h_rsi_m_high +≠ 1h_rsi_m_low/);
});

test("a membership that the model does not read is left out and named", () => {
  const fuzzy_sets = { rsi_m: { indicator: "rsi_14", low: [0, 20, 40], middle: [40, 50, 60], high: [60, 80, 100] } };
  const bound = bindModel(loaded, bundle, { ...strategy, fuzzy_sets });
  expect(bound.extras).toEqual(["1h_rsi_m_middle"]);
  expect(columnKey(bound.columns.status)).toBe(columnKey(bindModel(loaded, bundle).columns.status));
});

test("a classifier is refused by a strategy of predicted returns", () => {
  const decisions = { output_format: "regression" };
  expect(() => bindModel(loaded, bundle, { ...strategy, decisions })).toThrow(
    /output is a classification.*expects a regression/,
  );
});

const day = (text: string) => Date.parse(text);

test("a window that begins inside the training range overlaps with it to the range's last day", () => {
  const overlap = trainingOverlap(bundle.metadata, { fromMs: day("2010-12-31T12:00Z"), toMs: day("2012-01-01") });
  expect(overlap).toEqual({ fromMs: day("2010-12-31T12:00Z"), toMs: day("2010-12-31T23:59:59.999Z") });
});

test("a window after the training range does not overlap with it", () => {
  expect(trainingOverlap(bundle.metadata, { fromMs: day("2011-01-01"), toMs: day("2012-01-01") })).toBeUndefined();
});

import { describe, expect, test } from "vitest";
import { alignToBase } from "../../lib/features/align.ts";
import { featurePlaces } from "../../lib/features/feature-names.ts";
import { MembershipError, membershipAt, membershipColumn, parseMembership } from "../../lib/features/membership.ts";
import { normalise } from "../../lib/features/normalisation.ts";
import { close } from "../../lib/indicators/bar-columns.ts";
import { openBundle } from "../../lib/models/bundle.ts";
import { decide, type Position } from "../../lib/models/decision.ts";
import { parseDecisionSection } from "../../lib/models/decision-section.ts";
import { denseNetworkModel } from "../../lib/models/dense-network.ts";
import { loadModel } from "../../lib/models/load-model.ts";
import { classify, judgeReturn, type Signal, tradeThreshold } from "../../lib/models/model-output.ts";
import { softmax } from "../../lib/models/softmax.ts";
import { momentMs } from "../../lib/run/moment.ts";
import { hasSharedCases } from "../golden-cases/golden-file.ts";
import { seedCase } from "../golden-cases/seed-case.ts";
import { barsOf, evaluate } from "../indicators/evaluate.ts";
import { bundleFiles } from "./bundle-files.ts";

type Numbers = { readonly [name: string]: readonly number[] };

describe.skipIf(!hasSharedCases)("seed cases of ktrdr's features and decisions", () => {
  test("K17: every row of the filter table has its signal", () => {
    const { input, expected } = seedCase("K17") as {
      input: { bar_time: string; rows: [Signal, number | "NaN", Position, string | null][] };
      expected: { signal: Signal[] };
    };
    const { rules } = parseDecisionSection({ confidence_threshold: 0.6 }, "K17");
    const moment = (text: string) => ({ bar: 0, timeMs: momentMs(text, "start") });
    const signals = input.rows.map(([signal, confidence, position, last]) => {
      const opinion = {
        kind: "opinion" as const,
        signal,
        confidence: Number(confidence),
        probabilities: {},
        predictedReturn: null,
      };
      const lastSignal = last === null ? null : moment(last);
      return decide(rules, { opinion, position, now: moment(input.bar_time), lastSignal }).signal;
    });
    expect(signals).toEqual(expected.signal);
  });

  test("K18: the network's logits, probabilities and signal, by the runtime", () => {
    const { input, expected } = seedCase("K18") as {
      input: { mlp: { x: number[]; W1: number[][]; b1: number[]; W2: number[][]; b2: number[] } };
      expected: { mlp_logits: number[]; mlp_probabilities: number[]; mlp_signal: Signal };
    };
    const { x, W1, b1, W2, b2 } = input.mlp;
    const layer = (weights: number[][], biases: number[], activation: "relu" | "none") => ({
      inputs: weights[0].length,
      outputs: weights.length,
      weights: weights.flat(),
      biases,
      activation,
    });
    const model = denseNetworkModel([layer(W1, b1, "relu"), layer(W2, b2, "none")], "K18");
    const logits = loadModel(openBundle(bundleFiles({ model }), "K18")).infer(Float32Array.from(x), 0);
    expectNear(Array.from(logits), expected.mlp_logits, 1e-5);
    const opinion = classify(logits, { kind: "classification", scale: "logits", classes: ["BUY", "HOLD", "SELL"] });
    expect(opinion).toMatchObject({ kind: "opinion", signal: expected.mlp_signal });
    const { BUY, HOLD, SELL } = opinion.kind === "opinion" ? opinion.probabilities : {};
    expectNear([BUY, HOLD, SELL], expected.mlp_probabilities, 1e-5);
  });

  test("K18: softmax of logits, also where they add up to 1, and a regression's strict threshold", () => {
    const { input, expected } = seedCase("K18") as {
      input: {
        logits: number[][];
        regression: { round_trip_cost: number; min_edge_multiplier: number; predicted: number[] };
      };
      expected: {
        softmax: number[][];
        regression_threshold: number;
        regression_signal: Signal[];
        regression_confidence: number[];
      };
    };
    const probabilities = input.logits.flatMap((logits) => Array.from(softmax(logits)));
    expectNear(probabilities, expected.softmax.flat(), 1e-5);
    const { round_trip_cost, min_edge_multiplier, predicted } = input.regression;
    const edge = { roundTripCost: round_trip_cost, edgeMultiplier: min_edge_multiplier };
    expect(tradeThreshold(edge)).toBe(expected.regression_threshold);
    const opinions = predicted.map((value) => judgeReturn(value, edge)).filter((one) => one.kind === "opinion");
    expect(opinions.map(({ signal }) => signal)).toEqual(expected.regression_signal);
    expectNear(
      opinions.map(({ confidence }) => confidence),
      expected.regression_confidence,
      1e-6,
    );
  });

  test.each(["triangular", "trapezoidal", "gaussian"])(
    "K19: %s memberships, of single values and of columns",
    (kind) => {
      const { input, expected } = seedCase("K19") as {
        input: { [kind: string]: Numbers };
        expected: { [kind: string]: Numbers };
      };
      for (const [parameters, values] of Object.entries(input[kind])) {
        const membership = parseMembership(kind, JSON.parse(parameters), "K19");
        expectNear(
          values.map((value) => membershipAt(membership, value)),
          expected[kind][parameters],
          1e-9,
        );
        expectNear(
          Array.from(evaluate(membershipColumn(membership, close), barsOf(values))),
          expected[kind][parameters],
          1e-9,
        );
      }
    },
  );

  test("K19: wrong parameters are refused", () => {
    const { expected } = seedCase("K19") as { expected: { rejected_params: { [kind: string]: number[][] } } };
    for (const [kind, sets] of Object.entries(expected.rejected_params))
      for (const parameters of sets) expect(() => parseMembership(kind, parameters, "K19")).toThrow(MembershipError);
  });

  test("K20: features in their canonical order", () => {
    const { input, expected } = seedCase("K20") as {
      input: {
        timeframes: string[];
        fuzzy_sets: { [name: string]: { memberships: string[] } };
        nn_inputs: { fuzzy_set?: string; raw_indicator?: string; timeframes: "all" | string[] }[];
      };
      expected: { features: string[] };
    };
    const inputs = input.nn_inputs.map(({ fuzzy_set, raw_indicator, timeframes }) =>
      fuzzy_set === undefined
        ? { kind: "raw" as const, indicator: raw_indicator ?? "", timeframes }
        : { kind: "fuzzy" as const, fuzzySet: fuzzy_set, timeframes },
    );
    const places = featurePlaces(inputs, input.timeframes, (name) => input.fuzzy_sets[name].memberships);
    expect(places.map(({ name }) => name)).toEqual(expected.features);
  });

  test("K22: the value of the newest closed hour at every bar of five minutes", () => {
    const { input, expected } = seedCase("K22") as {
      input: { base: string; base_bars: string[]; features_1h: { [time: string]: number } };
      expected: { value_at_each_5m_bar: number[] };
    };
    const times = (list: readonly string[]) => Float64Array.from(list, (time) => Date.parse(`2024-06-03T${time}Z`));
    const hours = {
      timeframe: "1h",
      openTimeMs: times(Object.keys(input.features_1h)),
      values: Float64Array.from(Object.values(input.features_1h)),
    };
    const values = alignToBase(hours, { timeframe: input.base, openTimeMs: times(input.base_bars) });
    expect(Array.from(values)).toEqual(expected.value_at_each_5m_bar);
  });

  test("K23: raw inputs by the figures of the training data", () => {
    const { input, expected } = seedCase("K23") as {
      input: {
        minmax: { min: number; max: number; values: number[] };
        zscore: { mean: number; std: number; values: number[] };
        constant: { min: number; max: number; values: number[] };
      };
      expected: Numbers;
    };
    const { minmax, zscore, constant } = input;
    const scaled = ({ min, max, values }: typeof minmax) =>
      values.map((value) => normalise({ method: "minmax", min, max }, value));
    expectNear(scaled(minmax), expected.minmax, 1e-9);
    expectNear(scaled(constant), expected.constant, 1e-9);
    expectNear(
      zscore.values.map((value) => normalise({ method: "zscore", mean: zscore.mean, std: zscore.std }, value)),
      expected.zscore,
      1e-9,
    );
  });
});

function expectNear(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries())
    expect(Math.abs(actual[i] - value), `value ${i}`).toBeLessThanOrEqual(tolerance);
}

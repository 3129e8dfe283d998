import { expect, test } from "vitest";
import { type DecisionInput, type DecisionRules, decide, type Position } from "../../lib/models/decision.ts";
import { parseDecisionSection } from "../../lib/models/decision-section.ts";
import type { Opinion, Signal } from "../../lib/models/model-output.ts";
import { decideWeight } from "../../lib/models/target-weight.ts";

const rules: DecisionRules = {
  confidence: 0.6,
  edge: { roundTripCost: 0.003, edgeMultiplier: 1.5 },
  separation: { unit: "hours", count: 4 },
  positionAware: true,
  shorts: false,
};
const noon = { bar: 100, timeMs: Date.parse("2024-06-01T12:00Z") };
const opinionOf = (signal: Signal, confidence: number): Opinion => ({
  kind: "opinion",
  signal,
  confidence,
  probabilities: {},
  predictedReturn: null,
});
const at = (time: string | null) => (time === null ? null : { bar: 0, timeMs: Date.parse(time) });

const table: readonly (readonly [Signal, number, Position, string | null, Signal, string])[] = [
  ["BUY", 0.8, "FLAT", null, "BUY", "passed"],
  ["BUY", 0.5999, "FLAT", null, "HOLD", "confidence"],
  ["BUY", 0.6, "FLAT", null, "BUY", "passed"],
  ["BUY", 0.8, "LONG", null, "HOLD", "position"],
  ["SELL", 0.8, "FLAT", null, "HOLD", "shorts"],
  ["SELL", 0.8, "LONG", null, "SELL", "passed"],
  ["SELL", 0.8, "SHORT", null, "HOLD", "position"],
  ["BUY", 0.8, "SHORT", null, "BUY", "passed"],
  ["BUY", 0.8, "FLAT", "2024-06-01T09:00Z", "HOLD", "separation"],
  ["BUY", 0.8, "FLAT", "2024-06-01T08:00Z", "BUY", "passed"],
  ["BUY", 0.8, "FLAT", "2024-06-01T10:00+02:00", "BUY", "passed"],
  ["BUY", Number.NaN, "FLAT", null, "HOLD", "fault"],
  ["BUY", Number.POSITIVE_INFINITY, "FLAT", null, "HOLD", "fault"],
  ["HOLD", 0.9, "LONG", null, "HOLD", "hold"],
  ["SELL", 0.5, "FLAT", "2024-06-01T11:00Z", "HOLD", "confidence"],
  ["HOLD", 0.9, "FLAT", "2024-06-01T11:00Z", "HOLD", "separation"],
  ["BUY", 0.8, "LONG", "2024-06-01T11:00Z", "HOLD", "separation"],
  ["SELL", 0.8, "LONG", "2024-06-01T08:00:00.001Z", "HOLD", "separation"],
];

test.each(table)("%s at %d, %s, last signal %s: %s, because %s", (raw, confidence, position, last, signal, reason) => {
  const decision = decide(rules, { opinion: opinionOf(raw, confidence), position, now: noon, lastSignal: at(last) });
  expect([decision.signal, decision.reason.kind]).toEqual([signal, reason]);
});

const buyAt = (input: Partial<DecisionInput>): DecisionInput => ({
  opinion: opinionOf("BUY", 0.8),
  position: "FLAT",
  now: noon,
  lastSignal: null,
  ...input,
});

test.each([
  [96, "BUY"],
  [97, "HOLD"],
])("with a separation of four bars a signal after the one at bar %i is %s at bar 100", (bar, signal) => {
  const apart: DecisionRules = { ...rules, separation: { unit: "bars", count: 4 } };
  expect(decide(apart, buyAt({ lastSignal: { bar, timeMs: noon.timeMs } })).signal).toBe(signal);
});

test("a separation of none lets every signal pass", () => {
  const none: DecisionRules = { ...rules, separation: { unit: "hours", count: 0 } };
  expect(decide(none, buyAt({ lastSignal: noon })).signal).toBe("BUY");
});

test("a sale without a position passes where shorts are allowed", () => {
  const opinion = opinionOf("SELL", 0.8);
  expect(decide({ ...rules, shorts: true }, buyAt({ opinion })).signal).toBe("SELL");
});

test("rules that do not look at the position pass what it already follows", () => {
  const unaware = { ...rules, positionAware: false };
  expect(decide(unaware, buyAt({ position: "LONG" })).signal).toBe("BUY");
  expect(decide(unaware, buyAt({ opinion: opinionOf("SELL", 0.8) })).signal).toBe("SELL");
});

test("missing features are held, and are no fault", () => {
  expect(decide(rules, buyAt({ opinion: "missing" }))).toEqual({
    signal: "HOLD",
    rawSignal: "HOLD",
    confidence: 0,
    reason: { kind: "missing" },
  });
});

test("a failed inference is held with its reason", () => {
  const decision = decide(rules, buyAt({ opinion: { kind: "fault", reason: "out of memory" } }));
  expect(decision).toMatchObject({ signal: "HOLD", reason: { kind: "fault", message: "out of memory" } });
});

const weighed = (buy: number, sell: number): Opinion => ({
  kind: "opinion",
  signal: buy > sell ? "BUY" : "SELL",
  confidence: Math.max(buy, sell),
  probabilities: { BUY: buy, HOLD: 1 - buy - sell, SELL: sell },
  predictedReturn: null,
});
const weights = { maximum: 2, leastChange: 0.25 };
const weightInput = { currentWeight: 0, now: noon, lastSignal: null };

test("the target weight is the maximum times P(BUY) less P(SELL)", () => {
  const decision = decideWeight(rules, weights, { ...weightInput, opinion: weighed(0.75, 0.125) });
  expect(decision).toEqual({ weight: 1.25, reason: { kind: "passed" } });
});

test("a target below zero is 0 unless shorts are allowed", () => {
  const opinion = weighed(0.125, 0.75);
  expect(decideWeight(rules, weights, { ...weightInput, opinion, currentWeight: 1 }).weight).toBe(0);
  expect(decideWeight({ ...rules, shorts: true }, weights, { ...weightInput, opinion }).weight).toBe(-1.25);
});

test("a change below the least is left alone, an equal one is made", () => {
  const opinion = weighed(0.75, 0.125);
  expect(decideWeight(rules, weights, { ...weightInput, opinion, currentWeight: 1.125 })).toMatchObject({
    weight: 1.125,
  });
  expect(decideWeight(rules, weights, { ...weightInput, opinion, currentWeight: 1 })).toMatchObject({ weight: 1.25 });
});

test("the weight stays where confidence, separation or features are missing", () => {
  const held = { ...weightInput, currentWeight: 0.5 };
  expect(decideWeight(rules, weights, { ...held, opinion: weighed(0.5, 0.1) })).toEqual({
    weight: 0.5,
    reason: { kind: "confidence" },
  });
  expect(decideWeight(rules, weights, { ...held, opinion: "missing" })).toEqual({
    weight: 0.5,
    reason: { kind: "missing" },
  });
  expect(decideWeight(rules, weights, { ...held, opinion: weighed(0.9, 0.1), lastSignal: noon }).reason).toEqual({
    kind: "separation",
  });
});

test("a predicted return inside its threshold has the weight 0, three thresholds have all of it", () => {
  const regression: DecisionRules = { ...rules, confidence: undefined, shorts: true };
  const weightOf = (predictedReturn: number) =>
    decideWeight(regression, weights, {
      ...weightInput,
      currentWeight: 9,
      opinion: { kind: "opinion", signal: "HOLD", confidence: 1, probabilities: {}, predictedReturn },
    }).weight;
  expect([0.0045, 0.02, -1].map(weightOf)).toEqual([0, 2, -2]);
  // Thrice the threshold is 0.0135: half of it is half of the maximum.
  expect(weightOf(0.00675)).toBeCloseTo(1, 12);
  expect(weightOf(-0.00675)).toBeCloseTo(-1, 12);
});

test("a weight is moved by an opinion of just the least confidence", () => {
  const input = { ...weightInput, opinion: weighed(0.6, 0.1) };
  expect(decideWeight(rules, weights, input)).toEqual({ weight: 1, reason: { kind: "passed" } });
});

test("the weight stays where the inference failed, with its reason", () => {
  const opinion: Opinion = { kind: "fault", reason: "out of memory" };
  expect(decideWeight(rules, weights, { ...weightInput, currentWeight: 0.5, opinion })).toEqual({
    weight: 0.5,
    reason: { kind: "fault", message: "out of memory" },
  });
});

test("an empty section has the documented defaults", () => {
  expect(parseDecisionSection({}, "strategy.yaml")).toEqual({
    outputFormat: "classification",
    rules: { ...rules, confidence: 0.5 },
    weights: undefined,
  });
});

test("a regression asks for an edge instead of confidence, and may go short", () => {
  const section = {
    output_format: "regression",
    cost_model: { round_trip_cost: 0.002 },
    filters: { min_signal_separation_bars: 3 },
  };
  expect(parseDecisionSection(section, "strategy.yaml").rules).toEqual({
    confidence: undefined,
    edge: { roundTripCost: 0.002, edgeMultiplier: 1.5 },
    separation: { unit: "bars", count: 3 },
    positionAware: true,
    shorts: true,
  });
});

test.each([
  [
    { confidense_threshold: 0.6 },
    /decisions\.confidense_threshold: unknown field; did you mean "confidence_threshold"\?/,
  ],
  [{ filters: { min_signal_seperation: 4 } }, /decisions\.filters\.min_signal_seperation.*"min_signal_separation"/],
  [{ confidence_threshold: 60 }, /decisions\.confidence_threshold: .*<=1; found 60/],
  [{ confidence_threshold: "0.6" }, /decisions\.confidence_threshold: expected number; found "0\.6"/],
  [{ output_format: "ranking" }, /decisions\.output_format: .*"regression"; found "ranking"/],
  [
    { filters: { min_signal_separation: 4, min_signal_separation_bars: 4 } },
    /decisions\.filters: expected hours .* not both/,
  ],
])("%j is refused by name", (section, message) => {
  expect(() => parseDecisionSection(section, "strategy.yaml")).toThrow(message);
});

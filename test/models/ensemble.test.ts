import { expect, test } from "vitest";
import { combine } from "../../lib/models/ensemble.ts";
import { classify, judgeReturn, type Opinion } from "../../lib/models/model-output.ts";

const signals = { kind: "classification", scale: "probabilities", classes: ["BUY", "HOLD", "SELL"] } as const;
const regimes = { kind: "classification", scale: "probabilities", classes: ["TRENDING", "RANGING"] } as const;
const opinion = (...probabilities: readonly number[]): Opinion => classify(probabilities, signals);
const fault: Opinion = { kind: "fault", reason: "NaN" };

test("the mean is of the probabilities", () => {
  expect(combine({ kind: "mean" }, [opinion(0.5, 0.25, 0.25), opinion(0.25, 0.75, 0)])).toMatchObject({
    signal: "HOLD",
    confidence: 0.5,
    probabilities: { BUY: 0.375, HOLD: 0.5, SELL: 0.125 },
  });
});

test("of equal means the first class of the first model is taken", () => {
  expect(combine({ kind: "mean" }, [opinion(0.5, 0, 0.5), opinion(0.4, 0.2, 0.4)])).toMatchObject({ signal: "BUY" });
});

test("of equal regimes the first one's model is asked", () => {
  const routes = { kind: "routed", routes: { TRENDING: 0, RANGING: 1 } } as const;
  const answers = [opinion(0.9, 0.1, 0), opinion(0, 0.2, 0.8)];
  expect(combine(routes, [classify([0.5, 0.5], regimes), ...answers])).toMatchObject({ signal: "BUY" });
});

test("predicted returns have a vote and no mean", () => {
  const edge = { roundTripCost: 0.003, edgeMultiplier: 1.5 };
  const returns = [judgeReturn(0.01, edge), judgeReturn(0.0046, edge), judgeReturn(-0.01, edge)];
  expect(combine({ kind: "vote" }, returns)).toMatchObject({ signal: "BUY", confidence: 2 / 3, predictedReturn: null });
  expect(combine({ kind: "mean" }, returns)).toMatchObject({ kind: "fault" });
});

test("a vote is won by the signal that most models gave, with its share as confidence", () => {
  const vote = combine({ kind: "vote" }, [
    opinion(0.9, 0.1, 0),
    opinion(0.5, 0.3, 0.2),
    opinion(0, 0, 1),
    opinion(0.6, 0.4, 0),
  ]);
  expect(vote).toMatchObject({ signal: "BUY", confidence: 0.75 });
});

test("a vote without a winner is HOLD", () => {
  expect(combine({ kind: "vote" }, [opinion(0.9, 0.1, 0), opinion(0, 0, 1)])).toMatchObject({
    signal: "HOLD",
    confidence: 0.5,
  });
});

test("a routed ensemble asks the model of the regime", () => {
  const routes = { kind: "routed", routes: { TRENDING: 0, RANGING: 1 } } as const;
  const answers = [opinion(0.9, 0.1, 0), opinion(0, 0.2, 0.8)];
  expect(combine(routes, [classify([0.7, 0.3], regimes), ...answers])).toMatchObject({ signal: "BUY" });
  expect(combine(routes, [classify([0.2, 0.8], regimes), ...answers])).toMatchObject({ signal: "SELL" });
});

test("a regime without a model is HOLD", () => {
  const routes = { kind: "routed", routes: { TRENDING: 0 } } as const;
  expect(combine(routes, [classify([0.2, 0.8], regimes), opinion(0.9, 0.1, 0)])).toMatchObject({ signal: "HOLD" });
});

test("a regime that is called like a property of every object has no model", () => {
  const named = { ...regimes, classes: ["toString", "RANGING"] };
  const routes = { kind: "routed", routes: { RANGING: 0 } } as const;
  expect(combine(routes, [classify([0.8, 0.2], named), opinion(0.9, 0.1, 0)])).toMatchObject({ signal: "HOLD" });
});

test("a missing or failed model makes the whole so", () => {
  expect(combine({ kind: "mean" }, [opinion(1, 0, 0), "missing"])).toBe("missing");
  expect(combine({ kind: "vote" }, [opinion(1, 0, 0), fault])).toEqual(fault);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { classify, judgeReturn, tradeThreshold } from "../../lib/models/model-output.ts";
import { indexOfGreatest, softmax } from "../../lib/models/softmax.ts";

const classes = ["BUY", "HOLD", "SELL"];
const logits = { kind: "classification", scale: "logits", classes } as const;
const probabilities = { kind: "classification", scale: "probabilities", classes } as const;

test("softmax of 2, 1, 0.1", () => {
  const [buy, hold, sell] = softmax([2, 1, 0.1]);
  expect(buy).toBeCloseTo(0.65900114, 8);
  expect(hold).toBeCloseTo(0.24243297, 8);
  expect(sell).toBeCloseTo(0.0985659, 7);
});

test("logits that happen to add up to 1 are logits all the same", () => {
  const [buy, hold, sell] = softmax([3, -1, -1]);
  expect(buy).toBeCloseTo(0.96466, 5);
  expect(hold).toBeCloseTo(0.01767, 5);
  expect(sell).toBe(hold);
});

test("softmax of any finite logits adds up to 1, without overflow", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e300, max: 1e300, noNaN: true }), { minLength: 1, maxLength: 9 }),
      (values) => {
        expect(softmax(values).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      },
    ),
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  "softmax with a logit of %d is undefined",
  (bad) => {
    expect(Array.from(softmax([1, bad, 2]))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  },
);

test("of equal values the first is the greatest", () => {
  expect(indexOfGreatest([1, 3, 3])).toBe(1);
});

test("the network's logits 0.55, 0.275 and -0.97 are a BUY with its probability", () => {
  const opinion = classify([0.55, 0.275, -0.97], logits);
  expect(opinion).toMatchObject({ kind: "opinion", signal: "BUY" });
  expect(opinion.kind === "opinion" && opinion.confidence).toBeCloseTo(0.50548859, 8);
});

test("the classes stand in the model's own order", () => {
  const reversed = { ...logits, classes: ["SELL", "HOLD", "BUY"] };
  expect(classify([2, 1, 0.1], reversed)).toMatchObject({ signal: "SELL" });
});

test("probabilities are not put through softmax again", () => {
  expect(classify([0.7, 0.2, 0.1], probabilities)).toMatchObject({ signal: "BUY", confidence: 0.7 });
});

test("of equal probabilities the first class in the model's order is taken", () => {
  expect(classify([0.2, 0.4, 0.4], probabilities)).toMatchObject({ signal: "HOLD" });
});

test("a class that is no signal means HOLD", () => {
  const regimes = { ...probabilities, classes: ["TRENDING_UP", "RANGING"] };
  expect(classify([0.9, 0.1], regimes)).toMatchObject({ signal: "HOLD", confidence: 0.9 });
});

test.each([
  ["NaN", [Number.NaN, 0.5, 0.5], probabilities],
  ["NaN among logits", [Number.NaN, 0.5, 0.5], logits],
  ["an infinite logit", [Number.POSITIVE_INFINITY, 0.5, 0.5], logits],
  ["a negative probability", [1.2, -0.1, -0.1], probabilities],
  ["probabilities that do not add up", [3, -1, -1], probabilities],
  ["too few outputs", [0.5, 0.5], probabilities],
])("%s is a fault, not a signal", (_what, outputs, meaning) => {
  expect(classify(outputs, meaning).kind).toBe("fault");
});

test("a predicted return must exceed cost × multiplier, strictly", () => {
  const edge = { roundTripCost: 0.003, edgeMultiplier: 1.5 };
  const opinions = [0.01, 0.0045, 0.001, -0.01, 0.5].map((predicted) => judgeReturn(predicted, edge));
  expect(tradeThreshold(edge)).toBe(0.0045);
  expect(opinions.map((one) => one.kind === "opinion" && one.signal)).toEqual(["BUY", "HOLD", "HOLD", "SELL", "BUY"]);
  const confidences = opinions.map((one) => (one.kind === "opinion" ? one.confidence : Number.NaN));
  for (const [i, expected] of [0.740741, 0.333333, 0.074074, 0.740741, 1].entries())
    expect(confidences[i]).toBeCloseTo(expected, 6);
});

test("with no costs every return but 0 is worth a trade", () => {
  const edge = { roundTripCost: 0, edgeMultiplier: 1.5 };
  expect(judgeReturn(1e-9, edge)).toMatchObject({ signal: "BUY", confidence: 1 });
  expect(judgeReturn(0, edge)).toMatchObject({ signal: "HOLD", confidence: 0 });
});

test("a predicted return of NaN is a fault", () => {
  expect(judgeReturn(Number.NaN, { roundTripCost: 0, edgeMultiplier: 1 }).kind).toBe("fault");
});

import { expect, test } from "vitest";
import { type ScriptedBar, scriptedFills, scriptedRun } from "./scripted-model.ts";

const at = (price: number, says: number, sell = 0): ScriptedBar => ({ price, says, sell });
const units = (count: number) => ({ sizing: { kind: "units" as const, units: count } });

// The threshold is 1/16 (64 of 1024), three of them 3/16 (192), which is all of the weight 0.5.
const weight = {
  mode: "target-weight",
  maxWeight: 0.5,
  leastWeightChange: 0.05,
  roundTripCost: 0.0625,
  edgeMultiplier: 1,
};

test("a target weight of predicted returns is held through changes of price and turns, as worked out by hand", async () => {
  const bars = [
    at(100, 0), // 0 of 0 held
    at(100, 96), // half of 0.5 of 10,000: 25 units, cash 7,500
    at(120, 96), // 3,000 of 10,500 is 0.286, less than 0.05 away from 0.25
    at(200, 96), // 5,000 of 12,500 is 0.4: to 3,125, 15.625 units; cash 9,375
    at(200, 192), // to 6,250: 31.25 units; cash 6,250
    at(200, 64), // not above the threshold: to 0; cash 12,500
    at(100, -192), // −0.5: 62.5 units short; cash 18,750
    at(100, 192), // through 0 to 62.5 units; cash 6,250
    at(100, 0), // to 0
  ];
  expect(await scriptedFills("regression", bars, { ...weight, side: "both" })).toEqual([
    [1, "buy", 25, 100],
    [3, "sell", 9.375, 200],
    [4, "buy", 15.625, 200],
    [5, "sell", 31.25, 200],
    [6, "sell", 62.5, 100],
    [7, "buy", 62.5, 100],
    [7, "buy", 62.5, 100],
    [8, "sell", 62.5, 100],
  ]);
});

test.each([
  ["long", [[0, "buy", 50, 100]]],
  ["short", [[2, "sell", 50, 100]]],
] as const)("a target weight of the side %s never goes to the other", async (side, fills) => {
  const bars = [at(100, 192), at(100, 192), at(100, -192), at(100, -192)];
  const expected = side === "long" ? [...fills, [2, "sell", 50, 100]] : fills;
  expect(await scriptedFills("regression", bars, { ...weight, side })).toEqual(expected);
});

test("a target weight of probabilities is the maximum times BUY less SELL, also where HOLD is the greatest", async () => {
  // 0.75 − 0.25, then 0.25 − 0.125 with HOLD at 0.625.
  const bars = [at(100, 768, 256), at(100, 256, 128)];
  const params = { mode: "target-weight", maxWeight: 1, threshold: 0.5 };
  expect(await scriptedFills("classification", bars, params)).toEqual([
    [0, "buy", 50, 100],
    [1, "sell", 37.5, 100],
  ]);
});

test("a weight is not changed again before its separation has passed", async () => {
  const bars = [at(100, 192), at(100, 0), at(100, 0), at(100, 0)];
  const fills = await scriptedFills("regression", bars, { ...weight, side: "long", separationBars: 3 });
  expect(fills.map(([bar, side]) => [bar, side])).toEqual([
    [0, "buy"],
    [3, "sell"],
  ]);
});

test("a change of the weight below the least that is asked for is left alone", async () => {
  const bars = [at(100, 96), at(100, 192)];
  const params = { ...weight, side: "long", leastWeightChange: 0.3 };
  expect(await scriptedFills("regression", bars, params)).toEqual([[1, "buy", 50, 100]]);
});

test.each([
  ["classification", []],
  ["regression", [[0, "sell", 10, 100]]],
] as const)("without a side a %s goes short only where its document lets it", async (kind, fills) => {
  expect(await scriptedFills(kind, [at(100, kind === "regression" ? -192 : 0, 768)], {}, units(10))).toEqual(fills);
});

test("a weight that the next open fills is ordered once", async () => {
  const bars = [at(100, 192), at(100, 192), at(100, 192)];
  const more = { execution: { fill: "next-open" as const, pyramiding: 20 } };
  expect(await scriptedFills("regression", bars, { ...weight, side: "long" }, more)).toEqual([[1, "buy", 50, 100]]);
});

test("a weight that could not be paid does not begin a separation", async () => {
  // Twice the equity is refused at submission; a fifth of it is not.
  const bars = [at(100, 192), at(100, 77)];
  const params = { ...weight, maxWeight: 2, side: "long", separationBars: 3, leastWeightChange: 0 };
  const more = { execution: { fill: "close" as const, fundsCheck: "submission" as const, pyramiding: 20 } };
  expect((await scriptedFills("regression", bars, params, more)).map(([bar, side]) => [bar, side])).toEqual([
    [1, "buy"],
  ]);
});

test("a failed inference is held, and reported with its bar and its reason", async () => {
  // Beyond float32 the model gives an infinite return.
  const bars = [at(100, 0), at(100, 192), at(100, 1e39), at(100, 1e39)];
  const { fills, report } = await scriptedRun("regression", bars, { side: "long" }, units(10));
  expect(fills.map(([bar]) => bar)).toEqual([1]);
  const message = "the model failed or gave a number that is not finite";
  expect(report).toEqual({
    asked: 4,
    faults: 2,
    first: [
      { bar: 2, message },
      { bar: 3, message },
    ],
  });
});

test("a share of failures is looked at with the hundredth inference, though nothing else happens there", async () => {
  // A BUY of 2 and a HOLD of −1 cannot be; after them the model says HOLD.
  const bars = Array.from({ length: 101 }, (_, bar) => at(100, bar < 2 ? 2048 : 0));
  const failing = scriptedRun("classification", bars, { maxFaultShare: 0.019 });
  await expect(failing).rejects.toThrow(
    /failed at 2 of 100 bars; .* bar 0: the model gave probabilities that cannot be/,
  );
  expect((await scriptedRun("classification", bars, { maxFaultShare: 0.02 })).fills).toEqual([]);
});

const turns = [at(100, 768), at(100, 0, 768), at(100, 0, 768), at(100, 768)];

test.each([
  ["long", "0 buy, 1 sell, 3 buy"],
  ["short", "1 sell, 3 buy"],
  ["both", "0 buy, 1 sell, 1 sell, 3 buy, 3 buy"],
])("signals of the side %s close what is against them, and enter only there", async (side, expected) => {
  const fills = await scriptedFills("classification", turns, { side }, units(10));
  expect(fills.map(([bar, way]) => `${bar} ${way}`).join(", ")).toBe(expected);
});

test("a signal of just the threshold passes, one below it does not", async () => {
  const bars = [at(100, 639, 100), at(100, 640, 100)];
  expect(await scriptedFills("classification", bars, { threshold: 0.625 }, units(10))).toEqual([[1, "buy", 10, 100]]);
});

test("a position that is not looked at grows with every signal", async () => {
  const bars = [at(100, 768), at(100, 768)];
  const bought = async (positionAware: boolean) =>
    (await scriptedFills("classification", bars, { positionAware }, units(10))).length;
  expect([await bought(true), await bought(false)]).toEqual([1, 2]);
});

test("separation counts from the last executed signal: a close counts, what could not be paid does not", async () => {
  const separated = { side: "long", separationBars: 3 };
  const closing = [at(100, 768), at(100, 0), at(100, 0), at(100, 0, 768), at(100, 768), at(100, 768), at(100, 768)];
  const closed = await scriptedFills("classification", closing, separated, units(10));
  expect(closed.map(([bar, way]) => `${bar} ${way}`)).toEqual(["0 buy", "3 sell", "6 buy"]);
  // 110 units at 100 cost 11,000 and are refused at submission; at 80 they cost 8,800.
  const falling = [at(100, 768), at(80, 768)];
  const more = { execution: { fill: "close" as const, fundsCheck: "submission" as const }, ...units(110) };
  expect(await scriptedFills("classification", falling, separated, more)).toEqual([[1, "buy", 110, 80]]);
});

test("hours of separation are those between the bars' times", async () => {
  const bars = [at(100, 768), at(100, 0, 768), at(100, 0, 768)];
  const sold = async (separationHours: number) => {
    return (await scriptedFills("classification", bars, { separationHours }, units(10)))[1]?.[0];
  };
  expect([await sold(24), await sold(25)]).toEqual([1, 2]);
});

test("a predicted return is traded beyond cost × multiplier only, with the parameters before the document", async () => {
  const bars = [at(100, 64), at(100, 65), at(100, -64), at(100, -65)];
  const edge = { roundTripCost: 0.03125, edgeMultiplier: 2, side: "both" };
  expect((await scriptedFills("regression", bars, edge, units(10))).map(([bar, way]) => `${bar} ${way}`)).toEqual([
    "1 buy",
    "3 sell",
    "3 sell",
  ]);
});

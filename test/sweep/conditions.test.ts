import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { firstBroken, parseConditions } from "../../lib/sweep/conditions.ts";
import { parseMetricCondition } from "../../lib/sweep/metric-conditions.ts";

const known = ["fast", "slow", "side", "trail"];
const values = { fast: 5, slow: 20, side: "long", trail: true };

function holds(text: string, given: { readonly [name: string]: unknown } = values): boolean {
  return firstBroken(parseConditions("where", [text], known), given) === undefined;
}

test.each([
  ["fast < slow", true],
  ["slow <= fast", false],
  ["fast * 4 == slow", true],
  ["fast + 2 * fast - slow / 4 == 10", true],
  ["(fast + 2) * fast == 35", true],
  ["-fast < 0", true],
  ["slow / fast >= 2 and side == 'long'", true],
  ['side != "long" or trail', true],
  ["not trail", false],
  ["not fast > slow", true],
  ["not (fast < slow) || trail && slow == 20", true],
  ["trail == true", true],
  ["slow - fast - 5 == 10", true],
  ["fast = 5", true],
])("%s is %s", (text, expected) => {
  expect(holds(text)).toBe(expected);
});

test("a comparison with null does not hold, whichever way it goes", () => {
  expect([holds("fast < 3", { fast: null }), holds("not fast < 3", { fast: null })]).toEqual([false, false]);
});

test("a calculation is the one JavaScript makes", () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(1000), fc.integer({ min: 1, max: 1000 }), (a, b, c) => {
      const sum = a + b * c - a / c;
      return holds(`fast + slow * ${c} - fast / ${c} == ${sum}`, { fast: a, slow: b });
    }),
  );
});

describe("a condition is refused with its field, position and what was found:", () => {
  test.each([
    ["fast <", 'where[0]: expected a name, a number or a quoted text, found the end at character 7 of "fast <".'],
    [
      "fast < < slow",
      'where[0]: expected a name, a number or a quoted text, found "<" at character 8 of "fast < < slow".',
    ],
    ["fast slow", 'where[0]: expected an operator or the end, found "slow" at character 6 of "fast slow".'],
    ["(fast < slow", 'where[0]: expected ")", found the end at character 13 of "(fast < slow".'],
    [
      "fast < slw",
      'where[0]: expected one of fast, slow, side, trail, found "slw" at character 8 of "fast < slw"; did you mean "slow"? A text stands in quotes.',
    ],
    ["fast ; slow", 'where[0]: found an unexpected ";" at character 6 of "fast ; slow".'],
    [
      "1 < fast < slow",
      'where[0]: comparisons do not chain; join two with "and"; found "<" at character 10 of "1 < fast < slow".',
    ],
    ["fast + slow", 'where[0]: expected a condition (true or false), found 25 at character 6 of "fast + slow".'],
    ["side < 3", 'where[0]: expected a number, found "long" at character 1 of "side < 3".'],
    ["fast / 0 < 1", 'where[0]: expected a divisor that is not 0, found 0 at character 6 of "fast / 0 < 1".'],
    ["and", 'where[0]: expected a name, a number or a quoted text, found "and" at character 1 of "and".'],
    [`${"(".repeat(1001)}`, "where[0]: expected at most 1000 characters, found 1001 at character 1001"],
  ])("%s", (text, message) => {
    expect(() => holds(text)).toThrow(message);
  });
});

test("a prototype's property is not a name", () => {
  expect(() => parseConditions("where", ["constructor == 1"], known)).toThrow('found "constructor"');
});

test.each([
  ["sharpe", '"sharpe" at character 1 of "sharpe", compared with nothing.'],
  ["metric=sharpe", '"metric" at character 1 of "metric=sharpe", which is no metric. Metrics: '],
  ["sharpe > 1 and fills", '"fills" at character 16 of "sharpe > 1 and fills", compared with nothing.'],
  ["sharp > 1", '"sharp" at character 1 of "sharp > 1"; did you mean "sharpe"?'],
  ['sharpe == "high"', '"high" at character 11 of "sharpe == "high"".'],
  ["sharpe + 1", 'a calculation at character 8 of "sharpe + 1".'],
  ["(sharpe > 1) > 0", 'a condition at character 9 of "(sharpe > 1) > 0".'],
])("a condition on metrics that reads %s is refused with an example of one that is not", (text, found) => {
  expect(() => parseMetricCondition("metric", text)).toThrow(
    `metric: expected a comparison of metrics with numbers, such as "sharpe > 0.3" or "sharpe > 1 and closedTrades >= 30", found ${found}`,
  );
});

test("conditions on metrics calculate, compare and join", () => {
  const condition = parseMetricCondition(
    "metric",
    "not (2 * sharpe - 1 <= 0) and (closedTrades >= 30 or sortino != null)",
  );
  expect(firstBroken([condition], { sharpe: 1, closedTrades: 3, sortino: 2 })).toBeUndefined();
});

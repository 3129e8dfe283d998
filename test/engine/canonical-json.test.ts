import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, tagNumbers, UnencodableStateError, untagNumbers } from "../../lib/engine/canonical-json.ts";
import type { JsonValue } from "../../lib/engine/json.ts";

describe("canonical JSON", () => {
  test("writes the example of RFC 8785, section 3.2.2", () => {
    const text =
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}';
    expect(canonicalJson(JSON.parse(text) as JsonValue)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test("sorts keys by UTF-16 code units, as RFC 8785, section 3.2.3", () => {
    const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
    expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
  });

  test.each([
    [5e-324, "5e-324"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
    [9_007_199_254_740_992, "9007199254740992"],
    [295_147_905_179_352_830_000, "295147905179352830000"],
    [1e21, "1e+21"],
    [0.000001, "0.000001"],
    [1e-7, "1e-7"],
  ])("writes %d as RFC 8785, appendix B", (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test("keys that look like numbers are in text order, whatever order they came in", () => {
    expect(canonicalJson({ 10: "a", 9: "b" })).toBe('{"10":"a","9":"b"}');
  });

  test("the same value has the same text in whatever order its keys were set, and is read back", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (record) => {
        const backwards = Object.fromEntries(Object.entries(record).reverse());
        expect(canonicalJson(backwards)).toBe(canonicalJson(record));
        expect(JSON.parse(canonicalJson(record))).toEqual(JSON.parse(JSON.stringify(record)));
      }),
    );
  });

  test.each([
    ["undefined", { a: undefined }, "$.a", "undefined"],
    ["NaN", [1, Number.NaN], "$[1]", "NaN"],
    ["an infinity", { deep: [{ x: Number.POSITIVE_INFINITY }] }, "$.deep[0].x", "Infinity"],
    ["negative zero", -0, "$", "-0"],
    ["a Map", { m: new Map() }, "$.m", "a Map"],
    ["a Date", new Date(0), "$", "a Date"],
    ["a function", { f: () => 1 }, "$.f", "a function"],
    ["a bigint", { n: 1n }, "$.n", "a bigint"],
    ["a hole in an array", new Array(1), "$[0]", "undefined"],
  ])("refuses %s with its path", (_, value, path, found) => {
    const write = () => canonicalJson(value as unknown as JsonValue);
    expect(write).toThrow(UnencodableStateError);
    expect(write).toThrow(`State at ${path} cannot be written`);
    expect(write).toThrow(`found ${found}.`);
  });
});

describe("tagged numbers", () => {
  test("NaN, infinities and negative zero come back the same", () => {
    const state = { a: Number.NaN, b: [Number.NEGATIVE_INFINITY, { c: -0 }], d: Number.POSITIVE_INFINITY };
    expect(untagNumbers(JSON.parse(canonicalJson(tagNumbers(state))))).toEqual(state);
  });

  test("every state of numbers, texts, lists and records comes back the same", () => {
    const { state } = fc.letrec((tie) => ({
      state: fc.oneof(
        { maxDepth: 4 },
        fc.double(),
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("state")),
        fc.dictionary(
          fc.string().filter((key) => key !== "__proto__" && key !== "$number"),
          tie("state"),
        ),
      ),
    }));
    fc.assert(
      fc.property(state, (value) => {
        const plain = structuredClone(value);
        expect(untagNumbers(JSON.parse(canonicalJson(tagNumbers(plain))))).toEqual(plain);
      }),
    );
  });

  test("refuses an object that would be read as a number", () => {
    expect(() => tagNumbers({ a: { $number: 1 } })).toThrow("State at $.a cannot be written to a checkpoint");
  });

  test("refuses a Map with its path", () => {
    expect(() => tagNumbers({ seen: new Map() }, "$.state")).toThrow("State at $.state.seen");
  });
});

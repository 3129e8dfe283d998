import { expect, test } from "vitest";
import { parseChanges } from "../../lib/cli/set-fields.ts";
import { setFields } from "../../lib/run/set-fields.ts";

const spec = { data: { snapshot: "a", to: "2020-01-01" }, strategy: { lanes: [{ fast: 1 }, { fast: 2 }] } };

function set(...texts: readonly string[]): unknown {
  return setFields(spec, parseChanges(texts));
}

test("values are YAML: numbers, words, dates, lists and maps", () => {
  expect(
    parseChanges(["a=5", "a=true", "a=x y", "a=2020-01-31", "a=[1, b]", "a={ kind: none }", "a='5'"]).map(
      ({ value }) => value,
    ),
  ).toEqual([5, true, "x y", "2020-01-31", [1, "b"], { kind: "none" }, "5"]);
});

test("a value may hold an equals sign", () => {
  expect(parseChanges(["name=a=b"])).toEqual([{ path: ["name"], value: "a=b" }]);
});

test("a field is changed and the rest and the original stay", () => {
  expect(set("data.snapshot=b")).toEqual({ ...spec, data: { snapshot: "b", to: "2020-01-01" } });
  expect(spec.data.snapshot).toBe("a");
});

test("what stands on the path is made", () => {
  expect(set("execution.slippage.bps=2")).toEqual({ ...spec, execution: { slippage: { bps: 2 } } });
});

test("an empty value removes the field", () => {
  expect(set("data.to=")).toEqual({ ...spec, data: { snapshot: "a" } });
});

test("a number names the place in a list, and one past its end adds to it", () => {
  expect(set("strategy.lanes.1.fast=9", "strategy.lanes.2={ fast: 3 }")).toMatchObject({
    strategy: { lanes: [{ fast: 1 }, { fast: 9 }, { fast: 3 }] },
  });
});

test("a later change sees an earlier one", () => {
  expect(set("seed=1", "seed=2")).toMatchObject({ seed: 2 });
});

test("a prototype is a field like any other", () => {
  expect(Object.keys(set("__proto__.polluted=1") as object)).toContain("__proto__");
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test.each([
  ["seed", /--set seed: expected path=value/],
  ["=5", /expected path=value/],
  ["data..to=5", /expected path=value/],
  ["a=[1", /expected a YAML value/],
  ["data.snapshot.x=1", /"x" would be a field of "a", which has none/],
  ["strategy.lanes.x=1", /"x" stands in a list of 2, expected a number from 0 to 2/],
  ["strategy.lanes.7=1", /expected a number from 0 to 2/],
])("%s is refused", (text, message) => {
  expect(() => set(text)).toThrow(message);
});

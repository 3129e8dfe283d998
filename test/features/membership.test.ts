import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Membership,
  MembershipError,
  membershipAt,
  membershipColumn,
  parseMembership,
} from "../../lib/features/membership.ts";
import { close } from "../../lib/indicators/bar-columns.ts";
import { barsOf, evaluate } from "../indicators/evaluate.ts";

const cases: readonly (readonly [string, readonly number[], readonly number[], readonly number[]])[] = [
  ["triangular", [0, 50, 100], [-10, 0, 25, 50, 75, 100, 110], [0, 0, 0.5, 1, 0.5, 0, 0]],
  ["triangular", [50, 50, 100], [50, 75, 100], [1, 0.5, 0]],
  ["triangular", [0, 50, 50], [0, 25, 50, 51], [0, 0.5, 1, 0]],
  ["triangular", [50, 50, 50], [49, 50, 51], [0, 1, 0]],
  ["triangular", [0, 25, 40], [10, 30], [0.4, 2 / 3]],
  ["trapezoidal", [0, 25, 75, 100], [-10, 0, 12.5, 25, 50, 75, 87.5, 100], [0, 0, 0.5, 1, 1, 1, 0.5, 0]],
  ["trapezoidal", [0, 0, 20, 35], [-5, 0, 10, 20, 27.5, 35], [0, 1, 1, 1, 0.5, 0]],
  ["trapezoidal", [65, 80, 100, 100], [65, 72.5, 100, 101], [0, 0.5, 1, 0]],
  ["trapezoidal", [5, 5, 5, 5], [4, 5, 6], [0, 1, 0]],
  [
    "gaussian",
    [50, 10],
    [50, 60, 40, 70, 35],
    [1, 0.6065306597126334, 0.6065306597126334, 0.1353352832366127, 0.32465246735834974],
  ],
];

test.each(cases)("%s %j has the known memberships", (kind, parameters, values, expected) => {
  const membership = parseMembership(kind, parameters, "test");
  for (const [i, value] of values.entries()) expect(membershipAt(membership, value)).toBeCloseTo(expected[i], 12);
});

test("a column has the bits of the single values", () => {
  fc.assert(
    fc.property(
      memberships,
      fc.array(fc.double({ min: -20, max: 120, noNaN: true }), { minLength: 1 }),
      (membership, values) => {
        const column = evaluate(membershipColumn(membership, close), barsOf(values));
        // Kernels write 0 for -0.
        const single = values.map((value) => membershipAt(membership, value) + 0);
        expect(new BigUint64Array(column.buffer)).toEqual(new BigUint64Array(Float64Array.from(single).buffer));
      },
    ),
  );
});

test("every membership lies between 0 and 1", () => {
  fc.assert(
    fc.property(memberships, fc.double({ noNaN: true, noDefaultInfinity: true }), (membership, value) => {
      const belonging = membershipAt(membership, value);
      expect(belonging >= 0 && belonging <= 1).toBe(true);
    }),
  );
});

test.each(["triangular", "trapezoidal", "gaussian"])("a missing value is missing in a %s set, not 0", (kind) => {
  const parameters = kind === "triangular" ? [0, 50, 100] : kind === "trapezoidal" ? [0, 25, 75, 100] : [50, 10];
  const membership = parseMembership(kind, parameters, "test");
  expect(membershipAt(membership, Number.NaN)).toBeNaN();
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    expect(membershipAt(membership, value)).toBeNaN();
    expect(evaluate(membershipColumn(membership, close), barsOf([value]))[0]).toBeNaN();
  }
});

test.each([
  ["triangular", [0, 50]],
  ["triangular", [50, 0, 100]],
  ["triangular", [0, 100, 50]],
  ["triangular", [0, 50, 100, 120]],
  ["triangular", [0, Number.NaN, 100]],
  ["trapezoidal", [0, 25, 75]],
  ["trapezoidal", [0, 75, 25, 100]],
  ["trapezoidal", [0, 25, 75, Number.POSITIVE_INFINITY]],
  ["gaussian", [50]],
  ["gaussian", [50, 0]],
  ["gaussian", [50, -1]],
  ["gaussian", [50, 10, 3]],
  ["sigmoid", [50, 1]],
])("%s %j is refused by name of the set", (kind, parameters) => {
  expect(() => parseMembership(kind, parameters, "rsi.oversold")).toThrow(MembershipError);
  expect(() => parseMembership(kind, parameters, "rsi.oversold")).toThrow(/^rsi\.oversold: /);
});

const corner = fc.integer({ min: 0, max: 10 }).map((value) => value * 10);
const ascending = (count: number) =>
  fc.array(corner, { minLength: count, maxLength: count }).map((values) => values.toSorted((a, b) => a - b));
const memberships: fc.Arbitrary<Membership> = fc.oneof(
  ascending(3).map((parameters) => parseMembership("triangular", parameters, "test")),
  ascending(4).map((parameters) => parseMembership("trapezoidal", parameters, "test")),
  fc
    .tuple(corner, fc.double({ min: 0.1, max: 50, noNaN: true }))
    .map((parameters) => parseMembership("gaussian", parameters, "test")),
);

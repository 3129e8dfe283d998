import { expect, test } from "vitest";
import { normalisationSchema, normalise, normalisedColumn } from "../../lib/features/normalisation.ts";
import { close } from "../../lib/indicators/bar-columns.ts";
import { barsOf, evaluate } from "../indicators/evaluate.ts";

test("minmax puts the training data's least at 0 and greatest at 1, and others beyond", () => {
  const figures = { method: "minmax", min: 20, max: 80 } as const;
  expect([20, 50, 80, 95].map((x) => normalise(figures, x))).toEqual([0, 0.5, 1, 1.25]);
});

test("zscore counts deviations of the training data from its mean", () => {
  const figures = { method: "zscore", mean: 1.1, std: 0.02 } as const;
  expect(normalise(figures, 1.1)).toBe(0);
  expect(normalise(figures, 1.14)).toBeCloseTo(2, 9);
});

test.each([{ method: "minmax", min: 5, max: 5 } as const, { method: "zscore", mean: 5, std: 0 } as const])(
  "training data that did not vary give 0 by $method",
  (figures) => {
    expect(normalise(figures, 5)).toBe(0);
    expect(normalise(figures, 7)).toBe(0);
  },
);

test("a missing value stays missing, also where the training data did not vary", () => {
  expect(normalise({ method: "minmax", min: 5, max: 5 }, Number.NaN)).toBeNaN();
  expect(evaluate(normalisedColumn({ method: "zscore", mean: 5, std: 0 }, close), barsOf([Number.NaN]))[0]).toBeNaN();
});

test("a value that leaves the numbers when it is scaled is missing, and -0 is 0", () => {
  const tiny = { method: "zscore", mean: 0, std: 1e-300 } as const;
  expect(evaluate(normalisedColumn(tiny, close), barsOf([1e300]))[0]).toBeNaN();
  const negative = { method: "minmax", min: 5, max: 4 } as const;
  expect(evaluate(normalisedColumn(negative, close), barsOf([5]))[0]).toBe(0);
});

test("figures with a deviation below 0 are refused", () => {
  expect(normalisationSchema.safeParse({ method: "zscore", mean: 0, std: -1 }).success).toBe(false);
  expect(normalisationSchema.safeParse({ method: "zscore", mean: 0, std: 0 }).success).toBe(true);
});

test("a column has the values of the single figures", () => {
  const figures = { method: "minmax", min: 20, max: 80 } as const;
  const column = evaluate(normalisedColumn(figures, close), barsOf([20, 33, 95]));
  expect(Array.from(column)).toEqual([20, 33, 95].map((x) => normalise(figures, x)));
});

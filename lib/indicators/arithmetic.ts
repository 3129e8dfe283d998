import type { Column } from "../engine/columns.ts";
import { barByBar } from "./bar-by-bar.ts";
import { requireFinite } from "./parameter-checks.ts";

/** a + factor · b at each bar; undefined where either is. */
export function plus(a: Column, b: Column, factor: number): Column {
  requireFinite("plus", "factor", factor);
  return { kind: "kernel", kernel: plusKernel, params: { factor: factor + 0 }, inputs: [a, b], output: "value" };
}

/** a · b at each bar; undefined where either is. */
export function times(a: Column, b: Column): Column {
  return { kind: "kernel", kernel: timesKernel, params: {}, inputs: [a, b], output: "value" };
}

/** factor · a / b at each bar; undefined where either is, and where b is 0. */
export function ratio(a: Column, b: Column, factor = 1): Column {
  requireFinite("ratio", "factor", factor);
  return { kind: "kernel", kernel: ratioKernel, params: { factor }, inputs: [a, b], output: "value" };
}

/** As `ratio`, with 0 where b is 0: for a quotient of sums that are 0 together when nothing happened at all. */
export function ratioOrZero(a: Column, b: Column, factor = 1): Column {
  requireFinite("ratio-or-zero", "factor", factor);
  return { kind: "kernel", kernel: ratioOrZeroKernel, params: { factor }, inputs: [a, b], output: "value" };
}

export const plusKernel = barByBar(
  "plus",
  ({ factor }) =>
    (a, b) =>
      a + factor * b,
);

export const timesKernel = barByBar("times", () => (a, b) => a * b);

export const ratioKernel = barByBar(
  "ratio",
  ({ factor }) =>
    (a, b) =>
      b === 0 ? Number.NaN : (factor * a) / b,
);

export const ratioOrZeroKernel = barByBar(
  "ratio-or-zero",
  ({ factor }) =>
    (a, b) =>
      b === 0 ? 0 : (factor * a) / b,
);

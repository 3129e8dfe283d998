import type { Column } from "../engine/columns.ts";
import { high, low } from "./bar-columns.ts";
import { middleKernel } from "./donchian.ts";
import { highest, lowest } from "./highest-lowest.ts";
import { lag } from "./lag.ts";
import { requireLength } from "./parameter-checks.ts";

/**
 * Ichimoku (Hosoda 1969): conversion and base are the middles of highest high and lowest low of `conversion` and `base` bars. Span A is the middle of
 * these two and span B that of `spanB` bars, both as they stood `displacement` bars ago: what a chart draws at the current bar. The lagging
 * span, which a chart draws at bars before it was known, is the close itself and is left out.
 */
export function ichimoku(lengths: {
  readonly conversion: number;
  readonly base: number;
  readonly spanB: number;
  readonly displacement: number;
}): { readonly conversion: Column; readonly base: Column; readonly spanA: Column; readonly spanB: Column } {
  for (const [name, length] of Object.entries(lengths)) requireLength("ichimoku", name, length);
  const conversion = middleOf(lengths.conversion);
  const base = middleOf(lengths.base);
  return {
    conversion,
    base,
    spanA: lag(middle(conversion, base), lengths.displacement),
    spanB: lag(middleOf(lengths.spanB), lengths.displacement),
  };
}

function middleOf(length: number): Column {
  return middle(highest(high, length), lowest(low, length));
}

function middle(a: Column, b: Column): Column {
  return { kind: "kernel", kernel: middleKernel, params: {}, inputs: [a, b], output: "value" };
}

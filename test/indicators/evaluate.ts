import type { Bars } from "../../lib/engine/bars.ts";
import type { Column } from "../../lib/engine/columns.ts";

/** The whole column over the bars, each kernel in one piece. */
export function evaluate(column: Column, bars: Bars): Float64Array {
  if (column.kind === "bars") return bars[column.field];
  const inputs = column.inputs.map((input) => evaluate(input, bars));
  const outputs = column.kernel.outputs.map(() => new Float64Array(bars.close.length));
  column.kernel.create(column.params).update(inputs, outputs, bars.startBar);
  return outputs[column.kernel.outputs.indexOf(column.output)];
}

/** Bars with these closes; the other prices equal them and the volumes are 0 unless given. */
export function barsOf(
  close: readonly number[],
  other: {
    open?: readonly number[];
    high?: readonly number[];
    low?: readonly number[];
    volume?: readonly number[];
  } = {},
): Bars {
  return {
    startBar: 0,
    openTimeMs: Float64Array.from(close, (_, i) => i * 60_000),
    open: Float64Array.from(other.open ?? close),
    high: Float64Array.from(other.high ?? close),
    low: Float64Array.from(other.low ?? close),
    close: Float64Array.from(close),
    volume: Float64Array.from(other.volume ?? close.map(() => 0)),
  };
}

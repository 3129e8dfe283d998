import type { Column } from "../engine/columns.ts";
import { barByBar } from "./bar-by-bar.ts";
import { close, high, low } from "./bar-columns.ts";

export const typicalPriceKernel = barByBar("typical-price", () => (high, low, close) => (high + low + close) / 3);

/** (high + low + close) / 3 of each bar. Defined from the first bar on. */
export const typicalPrice: Column = {
  kind: "kernel",
  kernel: typicalPriceKernel,
  params: {},
  inputs: [high, low, close],
  output: "value",
};

import type { Column } from "../engine/columns.ts";
import { barByBar } from "./bar-by-bar.ts";
import { close, high, low, volume } from "./bar-columns.ts";
import { runningTotal } from "./running-total.ts";

/** A bar's volume times where its close lies between low (−1) and high (+1): ((close − low) − (high − close)) / (high − low), 0 for a bar without a range. */
export const flowVolumeKernel = barByBar(
  "flow-volume",
  () => (high, low, close, volume) => (high === low ? 0 : ((close - low - (high - close)) / (high - low)) * volume),
);

/** The volume of a bar that flowed in (positive) or out (Chaikin's money flow volume). Defined from the first bar on. */
export const flowVolume: Column = {
  kind: "kernel",
  kernel: flowVolumeKernel,
  params: {},
  inputs: [high, low, close, volume],
  output: "value",
};

/** Accumulation/distribution line (Chaikin; TA-Lib AD): the sum of the flow volumes since the first bar. Defined from the first bar on. */
export function adline(): Column {
  return runningTotal(flowVolume);
}

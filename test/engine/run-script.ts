import type { Bars } from "../../lib/backstitch.ts";
import { type BacktestLane, type BacktestSpec, runBacktest } from "../../lib/local/run-backtest.ts";
import { barsOf, type Row } from "./bars-of.ts";
import { type Script, scripted } from "./scripted.ts";

/** Runs a script over bars through the public API, with cash 100,000 unless the spec says so, and gives its only lane. */
export async function runScript(
  script: Script,
  bars: Bars | readonly Row[],
  spec: Omit<BacktestSpec, "strategy"> = {},
  timeframe = "1h",
): Promise<BacktestLane> {
  const data = "close" in bars ? bars : barsOf(bars);
  const { lanes } = await runBacktest({ ...spec, strategy: scripted(script) }, { bars: data, timeframe });
  const [lane] = lanes;
  if (lane === undefined) throw new Error("A backtest has at least one lane.");
  return lane;
}

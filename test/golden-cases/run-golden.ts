import { type BacktestSpec, runBacktest } from "../../lib/local/run-backtest.ts";
import type { Comparison } from "./expect-golden.ts";
import { goldenBarsFile, readGoldenRun } from "./golden-file.ts";

/** Runs a golden case through the public API: `spec` over the bars that the golden run of this name was computed from. */
export async function runGolden(name: string, timeframe: string, spec: BacktestSpec): Promise<Comparison> {
  const golden = readGoldenRun(name);
  const { lanes } = await runBacktest(spec, { file: goldenBarsFile(golden.data.file), timeframe });
  const [lane] = lanes;
  if (lane === undefined) throw new Error("A backtest has at least one lane.");
  return { golden, lane };
}

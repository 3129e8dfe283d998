import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Column } from "../../lib/engine/columns.ts";
import { atr } from "../../lib/indicators/atr.ts";
import { close } from "../../lib/indicators/bar-columns.ts";
import { bollinger } from "../../lib/indicators/bollinger.ts";
import { ema } from "../../lib/indicators/ema.ts";
import { macd } from "../../lib/indicators/macd.ts";
import { rsi } from "../../lib/indicators/rsi.ts";
import { sma } from "../../lib/indicators/sma.ts";
import { stochastic } from "../../lib/indicators/stochastic.ts";
import { wma } from "../../lib/indicators/wma.ts";
import { barsOf, evaluate } from "./evaluate.ts";
import { expectClose } from "./expect-close.ts";

const shared = new URL("../../../shared/", import.meta.url);
const goldenFile = new URL("cases/golden/I01_goog_indicators.json", shared);
const exists = existsSync(goldenFile);
if (!exists) console.log(`Skipped: ${goldenFile.pathname} is not here.`);

const columns: { readonly [name: string]: Column } = {
  sma20: sma(close, 20),
  wma20: wma(close, 20),
  ema20_first: ema(close, 20, "first"),
  ema20_sma_seed: ema(close, 20, "sma"),
  rsi14_wilder: rsi(close, 14),
  boll20_mid: bollinger(close, 20, 2).middle,
  boll20_up: bollinger(close, 20, 2).upper,
  boll20_lo: bollinger(close, 20, 2).lower,
  macd: macd(close, 12, 26, 9).line,
  macd_signal: macd(close, 12, 26, 9).signal,
  atr14_wilder: atr(14),
  stoch_k_14_3: stochastic(14, 3, 3).k,
  stoch_d_3: stochastic(14, 3, 3).d,
};

test.skipIf(!exists).each(Object.keys(columns))("%s of eight years of GOOG equals the golden values", (name) => {
  const golden: unknown = JSON.parse(readFileSync(goldenFile, "utf8"));
  expectClose(evaluate(columns[name], googBars()), goldenSeries(golden, name));
});

function googBars() {
  const [header, ...rows] = readFileSync(new URL("data/golden/GOOG_1d.csv", shared), "utf8").trim().split("\n");
  expect(header).toBe("timestamp,open,high,low,close,volume");
  const field = (index: number) => rows.map((row) => Number(row.split(",")[index]));
  return barsOf(field(4), { high: field(2), low: field(3) });
}

function goldenSeries(golden: unknown, name: string): readonly (number | null)[] {
  if (typeof golden !== "object" || golden === null || !("values" in golden))
    throw new Error("The golden file has no values.");
  const series: unknown = Object.entries(golden.values ?? {}).find(([key]) => key === name)?.[1];
  if (!Array.isArray(series)) throw new Error(`The golden file has no series ${name}.`);
  return series;
}

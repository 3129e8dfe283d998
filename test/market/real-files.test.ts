import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { ImportOptions } from "../../lib/market/import-bars.ts";
import { importFile } from "./import-text.ts";

const root = fileURLToPath(new URL("../../../shared/data/", import.meta.url));
const hasData = existsSync(root);
if (!hasData) console.log(`imports of real files skipped: ${root} is absent`);

type Expected = { readonly bars: number; readonly first: string; readonly last: string; readonly lastClose: number };
type RealFile = readonly [string, Partial<ImportOptions>, Expected];

const closeLabel = { barLabel: "close" } as const;
const berlin = { ...closeLabel, timeZone: "Europe/Berlin" };

const files: readonly RealFile[] = [
  [
    "golden/GOOG_1d.csv",
    { timeframe: "1d" },
    { bars: 2148, first: "2004-08-19T00:00:00.000Z", last: "2013-03-01T00:00:00.000Z", lastClose: 806.19 },
  ],
  [
    "golden/EURUSD_1h.csv",
    { timeframe: "1h" },
    { bars: 5000, first: "2017-04-19T09:00:00.000Z", last: "2018-02-07T15:00:00.000Z", lastClose: 1.22904 },
  ],
  [
    "golden/BTCUSD_1M.csv",
    { timeframe: "1M" },
    { bars: 156, first: "2012-01-31T00:00:00.000Z", last: "2024-12-31T00:00:00.000Z", lastClose: 93381 },
  ],
  [
    "finbot/SPY.csv",
    { timeframe: "1d" },
    { bars: 8314, first: "1993-01-29T00:00:00.000Z", last: "2026-02-09T00:00:00.000Z", lastClose: 693.9500122070312 },
  ],
  [
    "lean/aapl_1d_raw.csv",
    { timeframe: "1d" },
    { bars: 5849, first: "1998-01-02T00:00:00.000Z", last: "2021-03-31T00:00:00.000Z", lastClose: 122.15 },
  ],
  [
    "lean/es_future_dec2013_1m_2013_10.csv",
    { timeframe: "1m" },
    { bars: 10_899, first: "2013-10-06T22:00:00.000Z", last: "2013-10-30T23:59:00.000Z", lastClose: 1754.5 },
  ],
  [
    "freqtrade/ADA_BTC_5m.csv",
    { timeframe: "5m" },
    { bars: 5720, first: "2018-01-10T04:55:00.000Z", last: "2018-01-30T04:50:00.000Z", lastClose: 5.144e-5 },
  ],
  [
    "nautilus/btc_perp_1m_2022_01.csv",
    { timeframe: "1m", ...closeLabel },
    { bars: 45_031, first: "2021-12-31T23:00:00.000Z", last: "2022-02-01T05:30:00.000Z", lastClose: 38544 },
  ],
  [
    "nautilus/6EH4_1m_2024_01.csv",
    { timeframe: "1m", ...closeLabel },
    { bars: 29_996, first: "2024-01-01T23:00:00.000Z", last: "2024-01-31T23:58:00.000Z", lastClose: 1.0823 },
  ],
  [
    "backtrader/fesx_1m_2006_01_02_volume.csv",
    { timeframe: "1m", ...berlin },
    { bars: 30_889, first: "2006-01-02T08:00:00.000Z", last: "2006-02-27T20:59:00.000Z", lastClose: 3838 },
  ],
  [
    "backtrader/sx5e_5m_2006.csv",
    { timeframe: "5m", ...berlin },
    { bars: 2142, first: "2006-01-02T08:00:00.000Z", last: "2006-01-30T16:25:00.000Z", lastClose: 3677.52 },
  ],
];

test.skipIf(!hasData).each(files)("imports %s", async (file, options, expected) => {
  const { manifest, bars } = await importFile(root + file, { nowMs: Date.UTC(2026, 10, 1), ...options });
  const instrument = manifest.instruments[0];
  expect({
    bars: instrument?.barCount,
    first: new Date(instrument?.firstTimeMs ?? 0).toISOString(),
    last: new Date(instrument?.lastTimeMs ?? 0).toISOString(),
    lastClose: bars.close.at(-1),
  }).toEqual(expected);
});

test.skipIf(!hasData)("reports the 2 h 50 hole in freqtrade's ADA bars", async () => {
  const { manifest } = await importFile(`${root}freqtrade/ADA_BTC_5m.csv`, { timeframe: "5m" });
  expect(Math.max(...(manifest.quality[0]?.gaps ?? []).map((gap) => gap.missingBars))).toBe(33);
});

test("imports the S&P 500 bars of vega-datasets with their adjusted close", async () => {
  const path = fileURLToPath(new URL("../../node_modules/vega-datasets/data/sp500-2000.csv", import.meta.url));
  const { manifest, bars, stores } = await importFile(path, { symbol: "SP500" });
  expect([bars.close.length, bars.close[0], bars.close.at(-1)]).toEqual([5105, 1455.219971, 2874.560059]);
  expect(new Date(manifest.instruments[0]?.lastTimeMs ?? 0).toISOString()).toBe("2020-04-17T00:00:00.000Z");
  expect((await stores.snapshots.list()).map((entry) => entry.name)).toEqual(["x"]);
});

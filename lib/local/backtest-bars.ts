import { type Bars, barCount, sliceBars } from "../engine/bars.ts";
import { timeframeMs } from "../engine/timeframe.ts";
import { checkBars, checkLengths } from "../market/bar-checks.ts";
import { type BarsFromCsvOptions, barsFromCsv } from "../market/bars-from-csv.ts";
import { findSnapshot } from "../market/find-snapshot.ts";
import { onlyInstrument, openSnapshot } from "../market/open-snapshot.ts";
import { momentMs } from "../run/moment.ts";
import { SpecError } from "../run/parse-spec.ts";
import type { Spec } from "../run/spec.ts";
import { resolveWindow } from "../run/window.ts";
import { openLocalStores } from "../stores/local/stores.ts";
import { homeFolder } from "./home.ts";

/** Bars in memory with their timeframe, a CSV (or Parquet, zip, gzip) file, or a snapshot by name or id. */
export type BacktestData =
  | { readonly bars: Bars; readonly timeframe: string }
  | ({ readonly file: string } & BarsFromCsvOptions)
  | { readonly snapshot: string };

type BacktestBars = { readonly bars: Bars; readonly timeframe: string; readonly lot: number | undefined };

/** The bars of a backtest within the spec's data.from and data.to. Throws SpecError and BarsInputError for data that cannot be used, and what reading a snapshot throws. */
export async function loadBacktestBars(spec: Spec, data: BacktestData): Promise<BacktestBars> {
  if ("snapshot" in data) return loadSnapshotBars(spec);
  if ("bars" in data) {
    checkMemoryBars(data);
    return { bars: between(data.bars, spec), timeframe: data.timeframe, lot: undefined };
  }
  const { file, ...options } = data;
  return { bars: between(await barsFromCsv({ file }, options), spec), timeframe: data.timeframe, lot: undefined };
}

/** Bars in memory keep what stored ones promise, or are refused by number; they may lie in the future. */
function checkMemoryBars({ bars, timeframe }: Extract<BacktestData, { readonly bars: Bars }>): void {
  if (timeframeMs(timeframe) === undefined) {
    throw new SpecError(
      `timeframe: expected a count and a unit such as "1m", "1h" or "1d", found ${JSON.stringify(timeframe)}.`,
    );
  }
  checkLengths(bars);
  checkBars(
    bars,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    (index, column) => `bars in memory, bar ${bars.startBar + index}${column === undefined ? "" : `, ${column}`}`,
  );
}

async function loadSnapshotBars(spec: Spec): Promise<BacktestBars> {
  const stores = await openLocalStores(homeFolder());
  try {
    const snapshot = openSnapshot(await findSnapshot(spec.data.snapshot, stores.snapshots), stores.objects);
    const { startBar, endBar } = await resolveWindow(spec.data, snapshot);
    const { timeframe, lot } = onlyInstrument(snapshot.manifest);
    return { bars: await snapshot.read(startBar, endBar), timeframe, lot };
  } finally {
    await stores.close();
  }
}

/** The bars within data.from and data.to, both included. */
function between(bars: Bars, spec: Spec): Bars {
  const { from, to } = spec.data;
  const fromMs = from === undefined ? Number.NEGATIVE_INFINITY : momentMs(from, "start");
  const toMs = to === undefined ? Number.POSITIVE_INFINITY : momentMs(to, "end");
  let start = 0;
  let end = barCount(bars);
  while (start < end && (bars.openTimeMs[start] as number) < fromMs) start++;
  while (end > start && (bars.openTimeMs[end - 1] as number) > toMs) end--;
  return sliceBars(bars, bars.startBar + start, bars.startBar + end);
}

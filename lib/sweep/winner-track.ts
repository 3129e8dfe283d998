import type { Trade } from "../engine/facts.ts";
import { type Fixed, formatFixed } from "../engine/money.ts";
import { factFields } from "../run/fact-tables.ts";
import type { RunResult } from "../run/result.ts";
import { partsOf, readEquity, readRows } from "../run/run-facts.ts";
import { inheritedBy } from "./carried-state.ts";
import type { SweepStores } from "./open-sweep.ts";
import type { WindowTrack } from "./stitch.ts";
import type { WinnerRun } from "./winner-runs.ts";

/** What a winner's run did after its warm-up: equity at every bar and trades. */
export async function winnerTrack(
  { window, run, warmupBars, cash }: WinnerRun,
  result: RunResult,
  stores: SweepStores,
): Promise<WindowTrack<Trade>> {
  const parts = partsOf(await stores.runs.listSegments(run.runId), result);
  const equity: number[] = [];
  for await (const piece of readEquity(0, parts, stores.objects)) for (const point of piece) equity.push(point);
  const lastMark = equity.at(-1) ?? cash;
  // A forced close at the end costs fees: the last point is the equity after it.
  if (equity.length > 0) equity[equity.length - 1] = result.lanes[0]?.metrics.finalEquity ?? (equity.at(-1) as number);
  const trades: Trade[] = [];
  for await (const rows of readRows("trades", parts, stores.objects)) {
    for (let row = 0; row < rows.count; row++) {
      const values = factFields.trades.map(({ name }, field) => [name, rows.valueOf(row, field)]);
      // The fields are those of a trade, by `factFields`.
      trades.push(Object.fromEntries(values) as Trade);
    }
  }
  const inherits = inheritedBy(run) !== undefined;
  const startBar = run.startBar + warmupBars;
  return { window, startBar, cash, equity: equity.slice(warmupBars), lastMark, inherits, trades };
}

/** The trade with exact amounts as decimal texts. */
export function tradeRecord(trade: Trade & { readonly window: number }): object {
  const amounts = factFields.trades.flatMap(({ name, type }) =>
    type === "fixed" ? [[name, formatFixed(trade[name as keyof Trade] as Fixed)]] : [],
  );
  return { ...trade, ...Object.fromEntries(amounts) };
}

/** A backtest in code: a strategy of one's own over a CSV file, and what came out. Run it with `npm run example examples/in-code.ts`. */
import { join } from "node:path";
import { atr, close, defineStrategy, highest, lag, runBacktest, z } from "backstitch";

/** Buys a new 50-day high and leaves when the close falls three average true ranges below the highest close since the entry. */
const chandelier = defineStrategy({
  name: "chandelier",
  params: z.strictObject({ entry: z.int().min(2).default(50), ranges: z.number().positive().default(3) }),
  columns: ({ entry }) => ({ before: lag(highest(close, entry), 1), range: atr(22) }),
  initialState: () => ({ peak: 0 }),
  onBar(bar) {
    const { before, range } = bar.columns;
    if (bar.position === 0) {
      bar.state.peak = bar.close;
      if (bar.close > before.now) bar.buy({ tag: "new high" });
      return;
    }
    bar.state.peak = Math.max(bar.state.peak, bar.close);
    if (bar.close < bar.state.peak - bar.params.ranges * range.now) bar.closePosition({ tag: "chandelier" });
  },
});

const file = join(import.meta.dirname, "..", "node_modules", "vega-datasets", "data", "sp500-2000.csv");
const { metrics, trades, resultDigest } = await runBacktest(
  {
    strategy: { use: chandelier, params: { ranges: 4 } },
    execution: { commission: { kind: "percent", percent: 0.05 } },
  },
  { file, timeframe: "1d" },
);

console.log(
  `${trades.length} trades, total return ${(100 * metrics.totalReturn).toFixed(1)} %, Sharpe ${metrics.sharpe?.toFixed(2)}`,
);
console.log(`worst drawdown ${(100 * metrics.maxDrawdown).toFixed(1)} %, digest ${resultDigest.slice(0, 16)}`);

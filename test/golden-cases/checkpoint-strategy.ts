import { atr, bollinger, close, cross, defineStrategy, ema, macd, z } from "../../lib/backstitch.ts";

/** A strategy whose state, columns, waiting orders and random numbers fill every corner of a checkpoint. */
export const checkpointStrategy = defineStrategy({
  name: "checkpoint-strategy",
  params: z.strictObject({ length: z.int() }),
  columns: ({ length }) => {
    const bands = bollinger(close, length, 2);
    const lines = macd(close, 12, 26, 9);
    return {
      upper: bands.upper,
      lower: bands.lower,
      turn: cross(lines.line, lines.signal),
      range: atr(length),
      mean: ema(close, length, "first"),
    };
  },
  lookback: 2,
  initialState: () => ({ decisions: 0, lastRange: Number.NaN, best: Number.NEGATIVE_INFINITY, tags: ["none"] }),
  onBar(bar) {
    const { turn, range, mean, lower } = bar.columns;
    const { state } = bar;
    state.decisions += 1;
    state.lastRange = range.ago(2);
    state.best = Math.max(state.best, bar.equity);
    if (bar.orders.length > 3) bar.cancelAll();
    if (turn.now > 0) bar.buy({ limit: mean.now, tag: `turn ${Math.floor(bar.random() * 9)}` });
    if (turn.now < 0) bar.sell({ stop: lower.now, id: `stop-${state.decisions}` });
    const [oldest] = bar.trades;
    if (oldest !== undefined && bar.random() < 0.05)
      bar.closePosition({ trade: oldest.tradeId, quantity: oldest.quantity * 0.4 });
  },
});

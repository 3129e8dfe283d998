/** A strategy that does anything: every type of order at random, steered by columns and by a state that JSON alone could not hold. */
import { z } from "zod";
import { type BarContext, defineStrategy } from "../../lib/engine/strategy.ts";
import { atr } from "../../lib/indicators/atr.ts";
import { close, volume } from "../../lib/indicators/bar-columns.ts";
import { ema } from "../../lib/indicators/ema.ts";
import { roc } from "../../lib/indicators/roc.ts";
import { rsi } from "../../lib/indicators/rsi.ts";

type State = {
  /** Infinity before the first bar. */
  lowest: number;
  /** NaN now and then. */
  mark: number;
  /** -0 now and then. */
  sign: number;
  named: number;
  readonly notes: number[];
};

const params = z.strictObject({
  length: z.int().min(1).default(5),
  activity: z.number().min(0).max(1).default(0.3),
  /** Numbers that the state carries along. */
  notes: z.int().min(0).default(3),
});

type Bar = BarContext<z.output<typeof params>, "rsi" | "atr" | "ema" | "flow", State>;

export default defineStrategy<typeof params, "rsi" | "atr" | "ema" | "flow", State>({
  name: "random-orders",
  params,
  columns: ({ length }) => ({
    rsi: rsi(close, length),
    atr: atr(length + 1),
    ema: ema(close, length, "first"),
    flow: ema(roc(ema(volume, 3, "sma"), 1), 2, "first"),
  }),
  lookback: 3,
  initialState: ({ notes }) => ({
    lowest: Number.POSITIVE_INFINITY,
    mark: Number.NaN,
    sign: -0,
    named: 0,
    notes: new Array(notes).fill(Number.NEGATIVE_INFINITY),
  }),
  onBar(bar) {
    const { state } = bar;
    state.lowest = Math.min(state.lowest, bar.low);
    if (state.notes.length > 0) state.notes[bar.index % state.notes.length] = bar.columns.rsi.ago(2);
    if (bar.orders.length > 6) bar.cancelAll();
    const quiet = bar.lastSignalTimeMs === null ? 1 : (bar.timeMs - bar.lastSignalTimeMs) / 60_000;
    if (bar.random() > bar.params.activity + (quiet > 50 ? 0.2 : 0)) return;
    act(bar, Math.floor(bar.random() * 14));
    state.mark = bar.random() < 0.1 ? Number.NaN : bar.columns.ema.now;
    state.sign = bar.random() < 0.5 ? -0 : 0;
  },
});

function act(bar: Bar, what: number): void {
  const { state, close: price } = bar;
  const step = bar.columns.atr.now * bar.random();
  const quantity = 1 + Math.floor(bar.random() * 900) / 100;
  switch (what) {
    case 0:
      bar.buy({ tag: "plain" });
      return;
    case 1:
      bar.sell({ tag: "plain" });
      return;
    case 2:
      bar.buy({ quantity, limit: price - step });
      return;
    case 3:
      bar.sell({ quantity, limit: price + step });
      return;
    case 4:
      bar.buy({ quantity, stop: price + step });
      return;
    case 5:
      bar.sell({ quantity, stop: price - step });
      return;
    case 6:
      bar.buy({ quantity, stop: price + step, limit: price + step * 0.8, id: `named-${state.named++}` });
      return;
    case 7:
      bar.sell({
        quantity,
        stop: price - step,
        limit: price - step * 0.8,
        id: `named-${Math.max(state.named - 1, 0)}`,
      });
      return;
    case 8:
      bar.closePosition();
      return;
    case 9:
      bar.closePosition({ quantity: quantity / 3, tag: "part" });
      return;
    case 10: {
      const trade = bar.trades[Math.floor(bar.random() * bar.trades.length)];
      if (trade !== undefined) bar.closePosition({ trade: trade.tradeId, tag: trade.tag ?? "none" });
      return;
    }
    case 11:
      // A bracket, as two orders of which the first to fill leaves the other without a position.
      bar.closePosition({ stop: bar.position > 0 ? price - step : price + step });
      bar.closePosition({ limit: bar.position > 0 ? price + step : price - step });
      return;
    case 12: {
      const [oldest] = bar.orders;
      if (oldest !== undefined) bar.cancel(oldest.orderId);
      return;
    }
    default:
      // What no JSON number can say decides here.
      if (Number.isNaN(state.mark)) bar.buy();
      else if (Object.is(state.sign, -0)) bar.sell({ limit: Math.min(state.lowest, price) });
      else if (bar.equity > bar.cash && bar.columns.flow.now > 0) bar.sell({ quantity });
  }
}

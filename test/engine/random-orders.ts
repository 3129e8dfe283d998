import { z } from "zod";
import type { BarContext, CloseRequest, OrderRequest } from "../../lib/engine/strategy.ts";
import { defineStrategy } from "../../lib/engine/strategy.ts";
import { atr } from "../../lib/indicators/atr.ts";
import { close } from "../../lib/indicators/bar-columns.ts";
import { sma } from "../../lib/indicators/sma.ts";

type Params = { readonly activity: number; readonly length: number };
type Bar = BarContext<Params, "mean" | "range", { calls: number }>;

/** Does with the given chance, at each bar, one thing out of all that a strategy can do; what it chooses depends on its random generator, its columns and its state. */
export const randomOrders = defineStrategy({
  name: "random-orders",
  params: z.strictObject({ activity: z.number(), length: z.int() }),
  columns: ({ length }) => ({ mean: sma(close, length), range: atr(length) }),
  lookback: 2,
  initialState: () => ({ calls: 0 }),
  onBar(bar: Bar) {
    bar.state.calls += 1;
    if (bar.random() > bar.params.activity) return;
    const deed = deeds[Math.floor(bar.random() * deeds.length)];
    deed?.(bar, request(bar));
  },
});

const deeds: readonly ((bar: Bar, request: OrderRequest) => void)[] = [
  (bar, request) => bar.buy(request),
  (bar, request) => bar.sell(request),
  (bar, request) => bar.buy({ ...request, limit: near(bar) }),
  (bar, request) => bar.sell({ ...request, limit: near(bar) }),
  (bar, request) => bar.buy({ ...request, stop: near(bar) }),
  (bar, request) => bar.sell({ ...request, stop: near(bar) }),
  (bar, request) => bar.buy({ ...request, stop: near(bar), limit: near(bar) }),
  (bar, request) => bar.sell({ ...request, stop: near(bar), limit: near(bar) }),
  (bar) => bar.closePosition(),
  (bar) => bar.closePosition({ stop: near(bar) }),
  (bar) => bar.closePosition({ limit: near(bar), ...partOfTrade(bar) }),
  (bar) => bar.closePosition(partOfTrade(bar)),
  (bar) => void bar.cancel(bar.orders[0]?.orderId ?? "none"),
  (bar) => bar.cancelAll(),
];

function request(bar: Bar): OrderRequest {
  return {
    ...(bar.random() < 0.5 && { quantity: bar.random() * 30 - 1 }),
    ...(bar.random() < 0.1 && { id: `mine-${bar.state.calls % 50}` }),
    ...(bar.random() < 0.3 && { tag: `tag-${Math.floor(bar.random() * 4)}` }),
  };
}

/** A price about as far from the mean as a bar is long. */
function near(bar: Bar): number {
  return bar.columns.mean.now + (bar.random() - 0.5) * 2 * bar.columns.range.ago(2);
}

function partOfTrade(bar: Bar): CloseRequest {
  const newest = bar.trades.at(-1);
  return newest === undefined ? {} : { trade: newest.tradeId, quantity: newest.quantity * bar.random() };
}

import type { BacktestLane } from "../../lib/local/run-backtest.ts";

/** The order events as [bar, id, event, reason]. */
export function events({ orders }: BacktestLane) {
  return orders.map(({ bar, orderId, event, reason }) => [bar, orderId, event, reason]);
}

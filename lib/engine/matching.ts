import type { Order } from "./orders.ts";

/**
 * The price at which an order fills at the bar's open, or NaN. A limit or stop that the open has already passed fills at the open,
 * which for a limit is at least as good as its limit. A stop-limit whose stop the open has passed is triggered here.
 */
export function priceAtOpen(order: Order, open: number): number {
  const buys = order.side === "buy";
  switch (order.type) {
    case "market":
      return open;
    case "limit":
      return reaches(buys, open, order.limit) ? open : Number.NaN;
    case "stop":
      return touches(buys, open, order.stop) ? open : Number.NaN;
    case "stop-limit":
      if (!order.triggered && touches(buys, open, order.stop)) order.triggered = true;
      return order.triggered && reaches(buys, open, order.limit) ? open : Number.NaN;
  }
}

/**
 * The price at which an order fills after the open, inside the bar, or NaN. The path inside the bar is unknown: a stop-limit that is
 * triggered inside the bar at a price beyond its limit fills only if the close, which is certainly later, reaches the limit.
 */
export function priceInside(order: Order, high: number, low: number, close: number): number {
  const buys = order.side === "buy";
  const best = buys ? low : high;
  const worst = buys ? high : low;
  switch (order.type) {
    case "market":
      return Number.NaN;
    case "limit":
      return reaches(buys, best, order.limit) && order.limit !== null ? order.limit : Number.NaN;
    case "stop":
      return touches(buys, worst, order.stop) && order.stop !== null ? order.stop : Number.NaN;
    case "stop-limit": {
      if (order.limit === null || order.stop === null) return Number.NaN;
      if (order.triggered) return reaches(buys, best, order.limit) ? order.limit : Number.NaN;
      if (!touches(buys, worst, order.stop)) return Number.NaN;
      order.triggered = true;
      if (reaches(buys, order.stop, order.limit)) return order.stop;
      return reaches(buys, close, order.limit) ? order.limit : Number.NaN;
    }
  }
}

/** Whether `price` is at the limit or better for this side. */
function reaches(buys: boolean, price: number, limit: number | null): boolean {
  return limit !== null && (buys ? price <= limit : price >= limit);
}

/** Whether `price` is at the stop or beyond it for this side. */
function touches(buys: boolean, price: number, stop: number | null): boolean {
  return stop !== null && (buys ? price >= stop : price <= stop);
}

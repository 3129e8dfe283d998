import { describe, expect, test } from "vitest";
import { priceAtOpen, priceInside } from "../../lib/engine/matching.ts";
import type { Order, OrderType, Side } from "../../lib/engine/orders.ts";

function order(side: Side, type: OrderType, prices: { readonly limit?: number; readonly stop?: number } = {}): Order {
  return {
    orderId: 1,
    side,
    type,
    limit: prices.limit ?? null,
    stop: prices.stop ?? null,
    quantity: 1,
    reduceOnly: false,
    tradeId: null,
    tag: null,
    submittedBar: 0,
    triggered: false,
  };
}

/** Where the order fills in a bar: at its open, else inside it, else nowhere. */
function fillIn(waiting: Order, [open, high, low, close]: readonly [number, number, number, number]): number | string {
  const atOpen = priceAtOpen(waiting, open);
  if (!Number.isNaN(atOpen)) return `open ${atOpen}`;
  const inside = priceInside(waiting, high, low, close);
  return Number.isNaN(inside) ? "nowhere" : inside;
}

describe("a market order", () => {
  test("fills at the open", () => {
    expect(fillIn(order("buy", "market"), [100, 110, 90, 105])).toBe("open 100");
  });

  test("never fills inside the bar", () => {
    expect(priceInside(order("buy", "market"), 110, 90, 105)).toBeNaN();
  });
});

describe("a limit order", () => {
  test.each([
    ["touched exactly at the low", "buy", 90, 90],
    ["one tick below the low", "buy", 89.99, "nowhere"],
    ["inside the bar", "buy", 95, 95],
    ["at the open", "buy", 100, "open 100"],
    ["above the open: the open is better", "buy", 101, "open 100"],
    ["touched exactly at the high", "sell", 110, 110],
    ["one tick above the high", "sell", 110.01, "nowhere"],
    ["inside the bar", "sell", 105, 105],
    ["below the open: the open is better", "sell", 99, "open 100"],
  ] as const)("%s (%s at %d): %s", (_, side, limit, filled) => {
    expect(fillIn(order(side, "limit", { limit }), [100, 110, 90, 105])).toBe(filled);
  });
});

describe("a stop order", () => {
  test.each([
    ["touched exactly at the high", "buy", 110, 110],
    ["one tick above the high", "buy", 110.01, "nowhere"],
    ["inside the bar", "buy", 105, 105],
    ["passed by a gap: the open is worse", "buy", 98, "open 100"],
    ["touched exactly at the low", "sell", 90, 90],
    ["one tick below the low", "sell", 89.99, "nowhere"],
    ["passed by a gap: the open is worse", "sell", 103, "open 100"],
  ] as const)("%s (%s at %d): %s", (_, side, stop, filled) => {
    expect(fillIn(order(side, "stop", { stop }), [100, 110, 90, 105])).toBe(filled);
  });
});

describe("a stop-limit order", () => {
  test("to buy fills at its stop when the stop lies inside its limit", () => {
    expect(fillIn(order("buy", "stop-limit", { stop: 104, limit: 106 }), [100, 110, 90, 95])).toBe(104);
  });

  test("to sell fills at its stop when the stop lies inside its limit", () => {
    expect(fillIn(order("sell", "stop-limit", { stop: 96, limit: 94 }), [100, 110, 90, 105])).toBe(96);
  });

  test("that a gap carries beyond its limit waits for the limit inside the bar", () => {
    expect(fillIn(order("buy", "stop-limit", { stop: 104, limit: 106 }), [107, 110, 105, 108])).toBe(106);
    expect(fillIn(order("buy", "stop-limit", { stop: 104, limit: 106 }), [107, 110, 106.5, 108])).toBe("nowhere");
  });

  test("that a gap carries to a price within its limit fills at the open", () => {
    expect(fillIn(order("buy", "stop-limit", { stop: 104, limit: 108 }), [107, 110, 105, 108])).toBe("open 107");
  });

  test("triggered inside the bar beyond its limit fills only if the close reaches the limit", () => {
    const beyond = { stop: 106, limit: 104 };
    expect(fillIn(order("buy", "stop-limit", beyond), [100, 110, 90, 103])).toBe(104);
    expect(fillIn(order("buy", "stop-limit", beyond), [100, 110, 90, 105])).toBe("nowhere");
  });

  test("is a limit order from its trigger on, though the price falls back below the stop", () => {
    const waiting = order("buy", "stop-limit", { stop: 106, limit: 104 });
    expect(fillIn(waiting, [105, 107, 105, 107])).toBe("nowhere");
    expect(waiting.triggered).toBe(true);
    expect(fillIn(waiting, [105, 105, 103, 105])).toBe(104);
  });

  test("is not triggered by a bar that stays below its stop", () => {
    const waiting = order("buy", "stop-limit", { stop: 111, limit: 120 });
    expect(fillIn(waiting, [100, 110, 90, 105])).toBe("nowhere");
    expect(waiting.triggered).toBe(false);
  });
});

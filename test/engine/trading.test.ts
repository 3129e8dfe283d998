import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runScript } from "./run-script.ts";

const tenUnits = { sizing: { kind: "units", units: 10 } } as const;

describe("slippage", () => {
  const spec = { ...tenUnits, execution: { slippage: { kind: "bps", bps: 100 } } } as const;

  test("of 100 bps raises a market buy at 100 to 101 and lowers a sell at 110 to 108.9", async () => {
    const { fills } = await runScript(
      { 0: (bar) => bar.buy(), 1: (bar) => bar.closePosition() },
      [100, 100, 110],
      spec,
    );
    expect(fills.map((fill) => fill.price)).toEqual([101, 108.9]);
  });

  test("moves a stop's fill", async () => {
    const { fills } = await runScript({ 0: (bar) => bar.buy({ stop: 105 }) }, [100, [100, 110, 100, 110]], spec);
    expect(fills[0]?.price).toBe(106.05);
  });

  test("never moves a fill beyond its limit", async () => {
    const rows = fc.array(fc.integer({ min: 90, max: 110 }), { minLength: 4, maxLength: 4 });
    const prices = fc.integer({ min: 85, max: 115 });
    const property = fc.asyncProperty(
      rows,
      prices,
      prices,
      fc.boolean(),
      fc.boolean(),
      async ([a = 0, b = 0, c = 0, d = 0], limit, stop, buys, stops) => {
        const bar = [a, Math.max(a, b, c, d), Math.min(a, b, c, d), d] as const;
        const request = stops ? { limit, stop } : { limit };
        const { fills } = await runScript(
          { 0: (at) => (buys ? at.buy(request) : at.sell(request)) },
          [100, bar, bar],
          spec,
        );
        for (const fill of fills) expect(buys ? fill.price <= limit : fill.price >= limit).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });
});

describe("short positions", () => {
  test("10 units sold at 100 and bought back at 90 earn 100, less both fees", async () => {
    const spec = { ...tenUnits, execution: { commission: { kind: "fixed", amount: 1 } } } as const;
    const { trades, equity, metrics } = await runScript(
      { 0: (bar) => bar.sell(), 2: (bar) => bar.closePosition() },
      [100, 100, 105, 90],
      spec,
    );
    expect(trades).toMatchObject([
      { side: "short", grossProfit: 100, fees: 2, netProfit: 98, maxAdverse: -50, maxFavorable: 100 },
    ]);
    expect(equity.map((point) => point.equity)).toEqual([100_000, 99_999, 99_949, 100_098]);
    expect([metrics.shortTrades, metrics.longTrades]).toEqual([1, 0]);
  });

  test("an order larger than the position turns it", async () => {
    const positions: number[] = [];
    const { trades } = await runScript(
      { 0: (bar) => bar.buy(), 1: (bar) => bar.sell({ quantity: 25 }), 2: (bar) => positions.push(bar.position) },
      [100, 100, 104, 104],
      tenUnits,
    );
    expect(trades).toMatchObject([{ side: "long", quantity: 10, netProfit: 40 }]);
    expect(positions).toEqual([-15]);
  });

  test("cannot be enlarged beyond what the cash covers", async () => {
    const { orders } = await runScript({ 0: (bar) => bar.sell({ quantity: 1_001 }) }, [100, 100], tenUnits);
    expect(orders).toMatchObject([{ event: "rejected", reason: "insufficient_funds" }]);
  });
});

describe("several trades at once", () => {
  const spec = { ...tenUnits, execution: { pyramiding: 3 } } as const;

  test("stay apart, and close oldest first", async () => {
    const { trades } = await runScript(
      { 0: (bar) => bar.buy(), 1: (bar) => bar.buy(), 2: (bar) => bar.closePosition({ quantity: 15 }) },
      [100, 100, 110, 120],
      spec,
    );
    expect(trades.map((trade) => [trade.tradeId, trade.quantity, trade.entryPrice, trade.netProfit])).toEqual([
      [1, 10, 100, 200],
      [2, 5, 110, 50],
    ]);
  });

  test("one is closed by its number", async () => {
    const { trades } = await runScript(
      {
        0: (bar) => bar.buy(),
        1: (bar) => bar.buy(),
        2: (bar) => bar.closePosition({ trade: bar.trades[1]?.tradeId ?? 0 }),
      },
      [100, 100, 110, 120],
      spec,
    );
    expect(trades.map((trade) => [trade.tradeId, trade.entryPrice])).toEqual([[2, 110]]);
  });

  test("a fourth is refused where three are allowed", async () => {
    const buy = (bar: { buy(): unknown }) => bar.buy();
    const { fills, orders } = await runScript({ 0: buy, 1: buy, 2: buy, 3: buy }, [100, 100, 100, 100, 100], spec);
    expect(fills.length).toBe(3);
    expect(orders).toMatchObject([{ bar: 3, reason: "pyramiding" }]);
  });
});

describe("fills at the close of the decision", () => {
  const spec = { ...tenUnits, execution: { fill: "close", commission: { kind: "fixed", amount: 5 } } } as const;

  test("are booked on the decision's bar, and the equity knows them from the next bar on", async () => {
    const { fills, equity } = await runScript({ 0: (bar) => bar.buy() }, [[99, 101, 98, 100], 102], spec);
    expect(fills).toMatchObject([{ bar: 0, price: 100, submittedBar: 0 }]);
    expect(equity.map((point) => point.equity)).toEqual([100_000, 100_015]);
  });

  test("limits still wait for the next bar", async () => {
    const { fills } = await runScript({ 0: (bar) => bar.buy({ limit: 100 }) }, [100, 99], spec);
    expect(fills).toMatchObject([{ bar: 1, price: 99 }]);
  });
});

describe("the end of the data", () => {
  const script = { 0: (bar: { buy(): unknown }) => bar.buy() };
  const costs = { commission: { kind: "fixed", amount: 5 }, slippage: { kind: "bps", bps: 100 } } as const;

  test("an open position is marked at the last close", async () => {
    const { trades, metrics } = await runScript(script, [100, 100, 110], { ...tenUnits, execution: costs });
    expect(trades).toEqual([]);
    // Bought at 101 for 5; 10 × 110 at the end.
    expect([metrics.openTrades, metrics.finalEquity]).toEqual([1, 100_085]);
  });

  test("a forced close has its label, and the final equity is after its costs", async () => {
    const { trades, metrics, equity } = await runScript(script, [100, 100, 110], {
      ...tenUnits,
      execution: { ...costs, closeAtEnd: true },
    });
    // Sold at 110 - 1.1 for another 5: 10 × (108.9 - 101) - 10 = 69.
    expect(trades).toMatchObject([
      { exitBar: 2, exitPrice: 108.9, exitReason: "end-of-data", exitTag: "end-of-data", netProfit: 69 },
    ]);
    expect([metrics.finalEquity, equity.at(-1)?.equity, metrics.openTrades]).toEqual([100_069, 100_069, 0]);
  });

  test("a forced close withdraws the orders that wait", async () => {
    const { orders } = await runScript({ 0: (bar) => bar.buy({ limit: 50 }) }, [100, 100], {
      execution: { closeAtEnd: true },
    });
    expect(orders).toMatchObject([{ event: "cancelled", bar: 1, reason: null }]);
  });
});

describe("excursions", () => {
  const out = (bar: { closePosition(): unknown }) => bar.closePosition();

  test("reach from the open of the entry's bar to the price of the exit", async () => {
    const { trades } = await runScript(
      { 0: (bar) => bar.buy(), 1: out },
      // In the exit's bar only its open was seen: neither 150 nor 50.
      [100, [100, 108, 97, 105], [106, 150, 50, 100]],
      tenUnits,
    );
    expect(trades).toMatchObject([{ maxFavorable: 80, maxAdverse: -30 }]);
  });

  test("of an entry inside a bar leave that bar's range out, but for its close", async () => {
    const { trades } = await runScript(
      { 0: (bar) => bar.buy({ limit: 98 }), 1: out },
      // 108 may have come before 98 was touched; the close of 101 came after it.
      [100, [100, 108, 97, 101], [100, 100, 100, 100]],
      tenUnits,
    );
    expect(trades).toMatchObject([{ entryPrice: 98, maxFavorable: 30, maxAdverse: 0 }]);
  });

  test("of a short position are mirrored", async () => {
    const { trades } = await runScript({ 0: (bar) => bar.sell(), 1: out }, [100, [100, 108, 97, 105], 106], tenUnits);
    expect(trades).toMatchObject([{ maxFavorable: 30, maxAdverse: -80 }]);
  });

  test("a forced close has seen its whole bar", async () => {
    const { trades } = await runScript({ 0: (bar) => bar.buy() }, [100, [100, 108, 97, 105]], {
      ...tenUnits,
      execution: { closeAtEnd: true },
    });
    expect(trades).toMatchObject([{ maxFavorable: 80, maxAdverse: -30 }]);
  });
});

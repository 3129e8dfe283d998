import { describe, expect, test } from "vitest";
import { z } from "zod";
import { barsOf } from "../engine/bars-of.ts";
import { runScript } from "../engine/run-script.ts";
import { hasSharedCases } from "./golden-file.ts";
import { expectedOf } from "./seed-case.ts";

const numbers = z.record(z.string(), z.unknown()).transform((record) => {
  return (name: string) => z.number().parse(record[name]);
});

/** A quarter of the cash in whole units at the decision's price, 0.1 % commission and 5 bps slippage, as ktrdr. */
const ktrdr = {
  sizing: { kind: "fraction", fraction: 0.25, basis: "decision" },
  execution: { commission: { kind: "percent", percent: 0.1 }, slippage: { kind: "bps", bps: 5 } },
} as const;

describe.skipIf(!hasSharedCases)("seed cases of ktrdr's position manager", () => {
  test("K01: a long round trip books both commissions and the range between", async () => {
    const expected = expectedOf("K01", numbers);
    // Decided at 09:00, bought at 10:00, marked at 11:00 and 12:00, sold at 13:00.
    const bars = barsOf([100, 100, 95, 112, 110], { firstMs: Date.UTC(2024, 0, 1, 9) });
    const { trades, fills, equity } = await runScript(
      { 0: (bar) => bar.buy(), 3: (bar) => bar.closePosition() },
      bars,
      ktrdr,
    );
    const [trade] = trades;
    expect(trade).toMatchObject({
      side: "long",
      quantity: expected("quantity"),
      maxFavorable: expect.closeTo(expected("max_favorable_excursion"), 6),
      maxAdverse: expect.closeTo(expected("max_adverse_excursion"), 6),
      grossProfit: expected("gross_pnl"),
      netProfit: expected("net_pnl"),
    });
    expect(trade?.entryPrice).toBeCloseTo(expected("entry_price"), 9);
    expect(trade?.exitPrice).toBeCloseTo(expected("exit_price"), 9);
    expect(fills.map((fill) => fill.fee)).toEqual([expected("entry_commission"), expected("exit_commission")]);
    expect(hours(trade)).toBe(expected("holding_period_hours"));
    expect(equity[1]?.equity).toBeCloseTo(expected("cash_after_buy") + 249 * 100, 6);
    expect(equity[2]?.equity).toBeCloseTo(expected("portfolio_value_at_95"), 6);
    expect(equity[3]?.equity).toBeCloseTo(expected("portfolio_value_at_112"), 6);
    expect(equity[4]?.equity).toBeCloseTo(expected("cash_after_sell"), 6);
  });

  test("K02: a short round trip is the mirror of a long one, its commission never given back", async () => {
    const expected = expectedOf("K02", z.record(z.string(), z.union([z.number(), z.string()])));
    const bars = barsOf([100, 100, 105, 90, 90], { firstMs: Date.UTC(2024, 0, 1, 9) });
    const { trades, fills, equity } = await runScript(
      { 0: (bar) => bar.sell(), 2: (bar) => bar.closePosition() },
      bars,
      ktrdr,
    );
    expect(trades[0]).toMatchObject({
      side: "short",
      quantity: expected.quantity,
      grossProfit: expected.gross_pnl,
      netProfit: expected.net_pnl,
    });
    expect(fills.map((fill) => fill.fee)).toEqual([expected.entry_commission, expected.exit_commission]);
    expect(trades[0]?.entryPrice).toBeCloseTo(Number(expected.entry_price), 9);
    expect(trades[0]?.exitPrice).toBeCloseTo(Number(expected.exit_price), 9);
    expect(equity[2]?.equity).toBeCloseTo(Number(expected.portfolio_value_at_105), 6);
    expect(equity[4]?.equity).toBeCloseTo(Number(expected.cash_after_cover), 6);
  });

  test("K02: proceeds and an equal collateral of a short trade cannot be spent", async () => {
    const expected = expectedOf("K02", numbers);
    // A second sale of all that is available, at no further cost, shows how much there is.
    const all = { quantity: 75_087, tag: "all of it" } as const;
    const tooMuch = { quantity: 75_088, tag: "one more" } as const;
    const spec = { ...ktrdr, execution: { ...ktrdr.execution, pyramiding: 9, fundsCheck: "submission" } } as const;
    const answers: unknown[] = [];
    await runScript(
      {
        0: (bar) => bar.sell(),
        1: (bar) => {
          answers.push(bar.sell({ ...tooMuch, limit: 1 }).kind, bar.sell({ ...all, limit: 0.999 }).kind);
        },
      },
      [100, 100, 100],
      spec,
    );
    expect(expected("cash_reserved_after_entry")).toBe(75_087.56245);
    expect(answers).toEqual(["rejected", "accepted"]);
  });

  test("K03: an order of no units is refused and nothing changes", async () => {
    const spec = { ...ktrdr, account: { cash: 1_000 } };
    const { fills, orders, metrics } = await runScript({ 0: (bar) => bar.buy() }, [300, 300, 300], spec);
    expect(fills).toEqual([]);
    expect(orders).toMatchObject([{ event: "rejected", reason: "invalid_quantity" }]);
    expect(metrics.finalEquity).toBe(1_000);
  });

  test("K03: a second entry is refused while one is open", async () => {
    const { fills, orders } = await runScript({ 0: (bar) => bar.buy(), 1: (bar) => bar.buy() }, [100, 100, 100], ktrdr);
    expect(fills.length).toBe(1);
    expect(orders).toMatchObject([{ event: "rejected", reason: "pyramiding" }]);
  });

  test("K03: doing nothing trades nothing", async () => {
    const { fills, orders } = await runScript({}, [100, 100, 100], ktrdr);
    expect([fills, orders]).toEqual([[], []]);
  });

  test("K03: units are sized at the decision's price, before slippage", async () => {
    const { fills, equity } = await runScript({ 0: (bar) => bar.buy() }, [1.1051, 1.1051], ktrdr);
    expect(fills[0]).toMatchObject({ quantity: 22_599, price: expect.closeTo(1.10565255, 12) });
    expect((equity[1]?.equity ?? 0) - 22_599 * 1.1051).toBeCloseTo(74_988.371380573, 6);
  });

  test("K04: a forced close at the end carries its label and its costs are in the final equity", async () => {
    const expected = expectedOf("K04", numbers);
    const bars = barsOf([50, 50, 45, 40], { firstMs: Date.UTC(2023, 11, 31), stepMs: 86_400_000 });
    const spec = { account: { cash: 10_000 }, sizing: ktrdr.sizing, execution: { closeAtEnd: true } };
    const { trades, metrics, equity } = await runScript({ 0: (bar) => bar.buy() }, bars, spec, "1d");
    expect(trades[0]).toMatchObject({
      quantity: expected("quantity"),
      netProfit: expected("net_pnl"),
      exitReason: "end-of-data",
      exitTag: "end-of-data",
    });
    expect((trades[0]?.returnFraction ?? 0) * 100).toBeCloseTo(expected("return_pct"), 9);
    expect(hours(trades[0])).toBe(expected("holding_period_hours"));
    expect([metrics.finalEquity, equity.at(-1)?.equity]).toEqual([expected("cash"), expected("cash")]);
  });

  test("K08: a decision at bar 50 fills at the open of bar 51, one at the last bar never", async () => {
    const expected = expectedOf("K08", numbers);
    const bars = barsOf(
      Array.from({ length: 100 }, (_, i) => {
        const [open, close] = [1.1 + i * 0.0001, 1.105 + i * 0.0001];
        return [open, close, open, close] as const;
      }),
    );
    const spec = { ...ktrdr, data: { warmupBars: 50 } };
    const script = {
      49: shout,
      50: (bar: { buy(): unknown }) => bar.buy(),
      99: (bar: { closePosition(): unknown }) => bar.closePosition(),
    };
    const { fills, metrics } = await runScript(script, bars, spec);
    expect(fills.map((fill) => fill.bar)).toEqual([expected("fill_bar")]);
    expect(fills[0]?.price).toBeCloseTo(expected("entry_price_with_slippage"), 9);
    expect(metrics.openTrades).toBe(1);
  });
});

function shout(): never {
  throw new Error("A strategy is not asked during the warm-up.");
}

function hours(trade: { readonly entryTimeMs: number; readonly exitTimeMs: number } | undefined): number {
  return trade === undefined ? Number.NaN : (trade.exitTimeMs - trade.entryTimeMs) / 3_600_000;
}

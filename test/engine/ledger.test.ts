import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allRows } from "../../lib/engine/fact-columns.ts";
import type { Fill, Trade } from "../../lib/engine/facts.ts";
import { Journal } from "../../lib/engine/journal.ts";
import { Ledger, type SavedLedger } from "../../lib/engine/ledger.ts";
import { add, multiply, subtract, toFixed, toNumber } from "../../lib/engine/money.ts";
import type { Side } from "../../lib/engine/orders.ts";

const how = { atOpen: true, exitReason: "order" } as const;

type Deal = { readonly instrument?: number; readonly tradeId?: number; readonly fee?: number; readonly bar?: number };

/** A ledger with its journal: `deal` books a fill, `closed` gives the trades that closed since the last look. */
function open(cash: number, instrumentCount = 1) {
  const ledger = new Ledger(toFixed(cash), instrumentCount);
  const journal = new Journal("full");
  const deal = (side: Side, units: number, price: number, { instrument = 0, tradeId, fee = 0, bar = 0 }: Deal = {}) => {
    const quantity = toFixed(units);
    const value = multiply(quantity, price);
    const fill: Fill = {
      bar,
      timeMs: bar * 1_000,
      orderId: 1,
      type: "market",
      submittedBar: bar,
      instrument,
      side,
      quantity,
      price,
      value,
      fee: toFixed(fee),
      tag: null,
    };
    ledger.apply(fill, tradeId ?? null, how, journal);
  };
  const closed = (): Trade[] => allRows(journal.takeFacts().trades);
  return { ledger, deal, closed };
}

const brief = (trade: Trade) => [trade.tradeId, trade.side, toNumber(trade.quantity), toNumber(trade.netProfit)];

describe("a long trade", () => {
  test("costs its value and its fee, and brings them back with the profit", () => {
    const { ledger, deal, closed } = open(1_000);
    deal("buy", 3, 100, { fee: 1 });
    expect(toNumber(ledger.cash)).toBe(699);
    deal("sell", 3, 110, { fee: 2 });
    expect(toNumber(ledger.cash)).toBe(1_027);
    expect(closed().map(brief)).toEqual([[1, "long", 3, 27]]);
  });

  test("closed in parts gives its value and entry fee out by parts that add up", () => {
    const { ledger, deal, closed } = open(1_000);
    // 0.00000001 cannot be divided by three: the parts are 0.33333333 and what is left.
    deal("buy", 3, 100, { fee: 1 });
    deal("sell", 1, 100);
    deal("sell", 1, 100);
    deal("sell", 1, 100);
    expect(closed().map((trade) => toNumber(trade.fees))).toEqual([0.33333333, 0.33333334, 0.33333333]);
    expect(toNumber(ledger.cash)).toBe(999);
  });
});

describe("a short trade", () => {
  test("adds its proceeds to the cash and locks twice as much", () => {
    const { ledger, deal } = open(1_000);
    deal("sell", 3, 100, { fee: 1 });
    expect([toNumber(ledger.cash), toNumber(ledger.available())]).toEqual([1_299, 699]);
  });

  test("profits from a fall", () => {
    const { deal, closed } = open(1_000);
    deal("sell", 3, 100);
    deal("buy", 3, 90);
    expect(closed().map(brief)).toEqual([[1, "short", 3, 30]]);
  });
});

describe("closing", () => {
  test("begins with the oldest trade", () => {
    const { ledger, deal, closed } = open(10_000);
    deal("buy", 2, 100);
    deal("buy", 2, 110);
    deal("sell", 3, 120);
    expect(closed().map(brief)).toEqual([
      [1, "long", 2, 40],
      [2, "long", 1, 10],
    ]);
    expect(toNumber(ledger.quantityOf(0))).toBe(1);
  });

  test("closes the named trade alone", () => {
    const { ledger, deal, closed } = open(10_000);
    deal("buy", 2, 100);
    deal("buy", 2, 110);
    deal("sell", 2, 120, { tradeId: 2 });
    expect(closed().map(brief)).toEqual([[2, "long", 2, 20]]);
    expect(ledger.openTrades(0).map((trade) => trade.tradeId)).toEqual([1]);
  });

  test("a fill larger than the position turns it: the fee is shared by units", () => {
    const { ledger, deal, closed } = open(10_000);
    deal("buy", 1, 100);
    deal("sell", 4, 100, { fee: 8 });
    expect(closed().map((trade) => toNumber(trade.fees))).toEqual([2]);
    expect(ledger.openTrades(0)).toMatchObject([
      { tradeId: 2, direction: -1, quantity: toFixed(3), entryFee: toFixed(6) },
    ]);
  });
});

describe("several instruments", () => {
  test("have positions of their own and one cash", () => {
    const { ledger, deal, closed } = open(10_000, 2);
    deal("buy", 10, 100, { instrument: 0 });
    deal("sell", 5, 40, { instrument: 1 });
    expect([toNumber(ledger.quantityOf(0)), toNumber(ledger.quantityOf(1)), toNumber(ledger.cash)]).toEqual([
      10, -5, 9_200,
    ]);
    deal("buy", 5, 30, { instrument: 1 });
    expect(closed().map((trade) => [trade.instrument, toNumber(trade.netProfit)])).toEqual([[1, 50]]);
    expect(toNumber(ledger.quantityOf(0))).toBe(10);
  });

  test("refuses an instrument that the ledger does not hold", () => {
    expect(() => open(1).ledger.openTrades(1)).toThrow("The ledger holds 1 instruments, asked for number 1.");
  });
});

const deals = fc.array(
  fc.record({
    side: fc.constantFrom<Side>("buy", "sell"),
    units: fc.integer({ min: 1, max: 10 ** 9 }).map((count) => count / 1_000),
    price: fc.double({ min: 1e-4, max: 1e5, noNaN: true }),
    fee: fc.double({ min: 0, max: 1e3, noNaN: true }),
    instrument: fc.integer({ min: 0, max: 2 }),
  }),
  { minLength: 1, maxLength: 30 },
);

describe("conservation", () => {
  test("when all is closed, the net profits add up to the change of the cash, to the last unit", () => {
    fc.assert(
      fc.property(deals, (list) => {
        const { ledger, deal, closed } = open(1_000, 3);
        for (const { side, units, price, fee, instrument } of list) deal(side, units, price, { fee, instrument });
        for (const instrument of [0, 1, 2]) {
          const held = ledger.quantityOf(instrument);
          if (held !== 0) deal(held > 0 ? "sell" : "buy", Math.abs(toNumber(held)), 77.7, { fee: 0.01, instrument });
        }
        expect([0, 1, 2].map((instrument) => ledger.quantityOf(instrument))).toEqual([0, 0, 0]);
        const profits = closed().reduce((sum, trade) => add(sum, trade.netProfit), toFixed(0));
        expect(profits).toBe(subtract(ledger.cash, toFixed(1_000)));
      }),
    );
  });

  test("a ledger restored from its JSON books on as if nothing had happened", () => {
    fc.assert(
      fc.property(deals, fc.nat(), (list, cut) => {
        const whole = open(1_000, 3);
        for (const { side, units, price, ...rest } of list) whole.deal(side, units, price, rest);

        const before = open(1_000, 3);
        const at = cut % list.length;
        for (const { side, units, price, ...rest } of list.slice(0, at)) before.deal(side, units, price, rest);
        const saved = JSON.parse(JSON.stringify(before.ledger.save())) as SavedLedger;
        const after = open(1_000, 3);
        Object.assign(after.ledger, Ledger.restore(saved));
        for (const { side, units, price, ...rest } of list.slice(at)) after.deal(side, units, price, rest);
        expect(after.ledger.save()).toEqual(whole.ledger.save());
      }),
    );
  });
});

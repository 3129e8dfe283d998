import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allRows, FillRows, OrderEventRows, TradeRows } from "../../lib/engine/fact-columns.ts";
import type { Facts, Fill, LaneFacts, Trade } from "../../lib/engine/facts.ts";
import type { Fixed } from "../../lib/engine/money.ts";
import type { OrderEvent, OrderId, OrderType, Side } from "../../lib/engine/orders.ts";
import { factFields, type RowKind } from "../../lib/run/fact-tables.ts";
import { decodeEquity, decodeRows, encodeParts } from "../../lib/run/parts.ts";
import { digestFacts, digestParts, newDigests } from "../../lib/run/result.ts";

const bar = fc.nat({ max: 2 ** 40 });
const price = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
/** Counts on both sides of 2⁵³, where numbers end and bigints begin. */
const amount: fc.Arbitrary<Fixed> = fc.oneof(
  fc.maxSafeInteger().map((count) => count + 0),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 100n }),
  fc.bigInt({ min: -(2n ** 100n), max: -(2n ** 53n) }),
);
const positive = amount.map((value) => (value < 0 ? ((typeof value === "bigint" ? -value : -value) as Fixed) : value));
const text = fc.option(fc.string());
const orderId: fc.Arbitrary<OrderId> = fc.oneof(fc.nat(), fc.string({ minLength: 1 }));
const side = fc.constantFrom<Side>("buy", "sell");
const type = fc.constantFrom<OrderType>("market", "limit", "stop", "stop-limit");

const fill: fc.Arbitrary<Fill> = fc.record({
  bar,
  timeMs: bar,
  orderId,
  type,
  submittedBar: bar,
  instrument: fc.nat({ max: 9 }),
  side,
  quantity: positive,
  price,
  value: positive,
  fee: positive,
  tag: text,
});
const trade: fc.Arbitrary<Trade> = fc.record({
  tradeId: fc.nat(),
  instrument: fc.nat({ max: 9 }),
  side: fc.constantFrom("long" as const, "short" as const),
  quantity: positive,
  entryBar: bar,
  entryTimeMs: bar,
  entryPrice: price,
  exitBar: bar,
  exitTimeMs: bar,
  exitPrice: price,
  grossProfit: amount,
  fees: positive,
  netProfit: amount,
  returnFraction: fc.double({ min: -5, max: 5, noNaN: true }).map((value) => value + 0),
  maxAdverse: price.map((value) => -value),
  maxFavorable: price,
  entryTag: text,
  exitTag: text,
  exitReason: fc.constantFrom("order" as const, "end-of-data" as const),
});
const order: fc.Arbitrary<OrderEvent> = fc.record({
  bar,
  timeMs: bar,
  orderId,
  submittedBar: bar,
  event: fc.constantFrom("triggered" as const, "rejected" as const, "cancelled" as const),
  side,
  type,
  quantity: fc.option(positive),
  limit: fc.option(price),
  stop: fc.option(price),
  reason: fc.constantFrom(null, "pyramiding" as const, "insufficient_funds" as const),
  tag: text,
});
type Rows = {
  readonly fills: Fill[];
  readonly trades: Trade[];
  readonly orders: OrderEvent[];
  readonly equity: number[];
};
const lane: fc.Arbitrary<Rows> = fc.record({
  fills: fc.array(fill, { maxLength: 6 }),
  trades: fc.array(trade, { maxLength: 6 }),
  orders: fc.array(order, { maxLength: 6 }),
  equity: fc.array(price, { minLength: 4, maxLength: 4 }),
});
const lanes = fc.array(lane, { minLength: 1, maxLength: 4 });

function facts(rows: readonly Rows[]): Facts {
  return { startBar: 0, endBar: 4, lanes: rows.map(laneFacts) };
}

function laneFacts(rows: Rows): LaneFacts {
  const [fills, trades, orders] = [new FillRows(), new TradeRows(), new OrderEventRows()];
  for (const row of rows.fills) fills.push(row);
  for (const row of rows.trades) trades.push(row);
  for (const row of rows.orders) orders.push(row);
  return {
    fills,
    trades,
    orders,
    equity: [Float64Array.from(rows.equity.slice(0, 1)), Float64Array.from(rows.equity.slice(1))],
  };
}

/** The rows of one kind as they come back from parts, lane by lane. */
function stored(rows: readonly Rows[], kind: RowKind): unknown[][] {
  const back: unknown[][] = rows.map(() => []);
  for (const part of encodeParts(facts(rows))) {
    if (part.kind !== kind) continue;
    for (const laneRows of decodeRows(kind, part.bytes)) {
      back[laneRows.lane] = Array.from({ length: laneRows.count }, (_, row) =>
        Object.fromEntries(factFields[kind].map(({ name }, f) => [name, laneRows.valueOf(row, f)])),
      );
    }
  }
  return back;
}

describe("facts come back from their parts the same", () => {
  test.each(["fills", "trades", "orders"] as const)("%s", (kind) => {
    fc.assert(
      fc.property(lanes, (rows) => {
        expect(stored(rows, kind)).toEqual(rows.map((row) => row[kind]));
      }),
    );
  });

  test("equity, joined over its pieces", () => {
    fc.assert(
      fc.property(lanes, (rows) => {
        const part = encodeParts(facts(rows)).find(({ kind }) => kind === "equity");
        expect(decodeEquity(part?.bytes ?? new Uint8Array()).map((points) => [...points])).toEqual(
          rows.map((row) => row.equity),
        );
      }),
    );
  });

  test("packed rows of a segment, amounts beyond 2⁵³ and texts among them", () => {
    fc.assert(
      fc.property(lane, (rows) => {
        const packed = laneFacts(rows);
        expect([allRows(packed.fills), allRows(packed.trades), allRows(packed.orders)]).toEqual([
          rows.fills,
          rows.trades,
          rows.orders,
        ]);
      }),
    );
  });
});

test("a kind without rows has no part", () => {
  const parts = encodeParts(facts([{ fills: [], trades: [], orders: [], equity: [1, 2, 3, 4] }]));
  expect(parts.map(({ kind, rows }) => [kind, rows])).toEqual([["equity", 4]]);
});

test("equal facts have equal bytes, so that a repeated segment writes nothing new", () => {
  fc.assert(
    fc.property(lanes, (rows) => {
      expect(encodeParts(facts(rows))).toEqual(encodeParts(facts(rows)));
    }),
    { numRuns: 20 },
  );
});

test("the digest of stored parts is that of the facts in memory, however they were cut", () => {
  fc.assert(
    fc.property(lanes, fc.nat({ max: 6 }), (rows, cut) => {
      const fromMemory = newDigests(rows.length);
      digestFacts(fromMemory, facts(rows));

      const fromParts = newDigests(rows.length);
      const first = rows.map((row) => ({
        fills: row.fills.slice(0, cut),
        trades: row.trades.slice(0, cut),
        orders: row.orders.slice(0, cut),
        equity: row.equity.slice(0, 2),
      }));
      const rest = rows.map((row) => ({
        fills: row.fills.slice(cut),
        trades: row.trades.slice(cut),
        orders: row.orders.slice(cut),
        equity: row.equity.slice(2),
      }));
      for (const piece of [first, rest]) {
        for (const part of encodeParts(facts(piece))) digestParts(fromParts, part.kind, part.bytes);
      }
      expect(fromParts.map((digest) => digest.finish())).toEqual(fromMemory.map((digest) => digest.finish()));
    }),
  );
});

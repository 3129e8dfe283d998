import { type Fixed, toNumber } from "../engine/money.ts";
import type { ObjectStore } from "../market/object-store.ts";
import { type FieldValue, factFields, type RowKind } from "../run/fact-tables.ts";
import { readRows } from "../run/run-facts.ts";
import type { PartReference } from "../run/run-store.ts";

/** A closed trade with its amounts as float64 in account currency. */
export type ListedTrade = {
  /** Counted from 1 in the order of the exits. */
  readonly number: number;
  readonly side: string;
  readonly quantity: number;
  readonly entryBar: number;
  readonly entryTimeMs: number;
  readonly entryPrice: number;
  readonly exitBar: number;
  readonly exitTimeMs: number;
  readonly exitPrice: number;
  readonly fees: number;
  readonly netProfit: number;
  readonly returnFraction: number;
  readonly entryTag: string | null;
  readonly exitTag: string | null;
  readonly exitReason: string;
};

/** How many trades there are, and those that a report lists and marks, in the order of their exits. */
export type ListedTrades = { readonly count: number; readonly listed: readonly ListedTrade[] };

/** How often an order was rejected for a reason, cancelled, or triggered (reason null). */
export type OrderEventCount = { readonly event: string; readonly reason: string | null; readonly count: number };

/** A report lists at most this many trades: an entry and an exit mark for each. */
export const listedTrades = 1_000;

/** The lane's trades; of more than `listedTrades` those with the largest net profit or loss. */
export async function collectTrades(
  lane: number,
  parts: readonly PartReference[],
  objects: ObjectStore,
): Promise<ListedTrades> {
  const at = fieldIndexes("trades");
  let count = 0;
  let kept: ListedTrade[] = [];
  for await (const rows of readRows("trades", parts, objects)) {
    if (rows.lane !== lane) continue;
    for (let row = 0; row < rows.count; row++) {
      count += 1;
      kept.push(tradeOf(count, (name) => rows.valueOf(row, at(name))));
      if (kept.length >= 4 * listedTrades) kept = largestTrades(kept, listedTrades);
    }
  }
  return { count, listed: largestTrades(kept, listedTrades) };
}

/** The `limit` trades with the largest absolute net profit, in their given order. */
export function largestTrades(trades: readonly ListedTrade[], limit: number): ListedTrade[] {
  if (trades.length <= limit) return [...trades];
  return [...trades]
    .sort((a, b) => Math.abs(b.netProfit) - Math.abs(a.netProfit) || a.number - b.number)
    .slice(0, limit)
    .sort((a, b) => a.number - b.number);
}

/** The lane's order events counted by kind and reason, the most frequent first. */
export async function collectOrderEvents(
  lane: number,
  parts: readonly PartReference[],
  objects: ObjectStore,
): Promise<OrderEventCount[]> {
  const at = fieldIndexes("orders");
  const counts = new Map<string, OrderEventCount>();
  for await (const rows of readRows("orders", parts, objects)) {
    if (rows.lane !== lane) continue;
    for (let row = 0; row < rows.count; row++) {
      const event = String(rows.valueOf(row, at("event")));
      const reason = textOrNull(rows.valueOf(row, at("reason")));
      const key = `${event} ${reason}`;
      counts.set(key, { event, reason, count: (counts.get(key)?.count ?? 0) + 1 });
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

function tradeOf(number: number, value: (field: string) => FieldValue): ListedTrade {
  return {
    number,
    side: String(value("side")),
    quantity: toNumber(value("quantity") as Fixed),
    entryBar: Number(value("entryBar")),
    entryTimeMs: Number(value("entryTimeMs")),
    entryPrice: Number(value("entryPrice")),
    exitBar: Number(value("exitBar")),
    exitTimeMs: Number(value("exitTimeMs")),
    exitPrice: Number(value("exitPrice")),
    fees: toNumber(value("fees") as Fixed),
    netProfit: toNumber(value("netProfit") as Fixed),
    returnFraction: Number(value("returnFraction")),
    entryTag: textOrNull(value("entryTag")),
    exitTag: textOrNull(value("exitTag")),
    exitReason: String(value("exitReason")),
  };
}

function textOrNull(value: FieldValue): string | null {
  return value === null ? null : String(value);
}

function fieldIndexes(kind: RowKind): (name: string) => number {
  const indexes = new Map(factFields[kind].map((field, index) => [field.name, index]));
  return (name) => {
    const index = indexes.get(name);
    if (index === undefined) throw new Error(`Rows of ${kind} have no field "${name}".`);
    return index;
  };
}

import type { ExitReason, Fill, Trade } from "./facts.ts";
import type { OrderEvent, OrderType } from "./orders.ts";
import { PackedRows } from "./packed-rows.ts";

/** Rows of facts, kept packed: a fact becomes an object only for those who ask for it. */
export type FactRows<Row> = { readonly length: number; get(row: number): Row };

/** All rows as objects, in order. */
export function allRows<Row>(rows: FactRows<Row>): Row[] {
  return Array.from({ length: rows.length }, (_, row) => rows.get(row));
}

const orderTypes: readonly OrderType[] = ["market", "limit", "stop", "stop-limit"];
const exitReasons: readonly ExitReason[] = ["order", "end-of-data"];

export class FillRows implements FactRows<Fill> {
  readonly #rows = new PackedRows(12);

  get length(): number {
    return this.#rows.length;
  }

  /** Copies the fill, which the caller may then overwrite. */
  push(fill: Fill): void {
    const rows = this.#rows;
    rows.append();
    const { block, at } = rows;
    block[at] = fill.bar;
    block[at + 1] = fill.timeMs;
    block[at + 2] = typeof fill.orderId === "number" ? fill.orderId : -1 - rows.textNumber(fill.orderId);
    block[at + 3] = codeOf(fill.type, orderTypes);
    block[at + 4] = fill.submittedBar;
    block[at + 5] = fill.instrument;
    block[at + 6] = fill.side === "buy" ? 1 : -1;
    block[at + 7] = fill.price;
    rows.setFixed(8, fill.quantity);
    rows.setFixed(9, fill.value);
    rows.setFixed(10, fill.fee);
    block[at + 11] = tagNumber(rows, fill.tag);
  }

  get(row: number): Fill {
    const rows = this.#rows;
    const id = rows.number(row, 2);
    return {
      bar: rows.number(row, 0),
      timeMs: rows.number(row, 1),
      orderId: id < 0 ? rows.text(-1 - id) : id,
      type: orderTypes[rows.number(row, 3)] as OrderType,
      submittedBar: rows.number(row, 4),
      instrument: rows.number(row, 5),
      side: rows.number(row, 6) > 0 ? "buy" : "sell",
      quantity: rows.fixed(row, 8),
      price: rows.number(row, 7),
      value: rows.fixed(row, 9),
      fee: rows.fixed(row, 10),
      tag: tagText(rows, rows.number(row, 11)),
    };
  }
}

export class TradeRows implements FactRows<Trade> {
  readonly #rows = new PackedRows(19);

  get length(): number {
    return this.#rows.length;
  }

  /** Copies the trade, which the caller may then overwrite. */
  push(trade: Trade): void {
    const rows = this.#rows;
    rows.append();
    const { block, at } = rows;
    block[at] = trade.tradeId;
    block[at + 1] = trade.instrument;
    block[at + 2] = trade.side === "long" ? 1 : -1;
    block[at + 3] = trade.entryBar;
    block[at + 4] = trade.entryTimeMs;
    block[at + 5] = trade.entryPrice;
    block[at + 6] = trade.exitBar;
    block[at + 7] = trade.exitTimeMs;
    block[at + 8] = trade.exitPrice;
    block[at + 9] = trade.returnFraction;
    block[at + 10] = trade.maxAdverse;
    block[at + 11] = trade.maxFavorable;
    rows.setFixed(12, trade.quantity);
    rows.setFixed(13, trade.grossProfit);
    rows.setFixed(14, trade.fees);
    rows.setFixed(15, trade.netProfit);
    block[at + 16] = tagNumber(rows, trade.entryTag);
    block[at + 17] = tagNumber(rows, trade.exitTag);
    block[at + 18] = codeOf(trade.exitReason, exitReasons);
  }

  get(row: number): Trade {
    const rows = this.#rows;
    return {
      tradeId: rows.number(row, 0),
      instrument: rows.number(row, 1),
      side: rows.number(row, 2) > 0 ? "long" : "short",
      quantity: rows.fixed(row, 12),
      entryBar: rows.number(row, 3),
      entryTimeMs: rows.number(row, 4),
      entryPrice: rows.number(row, 5),
      exitBar: rows.number(row, 6),
      exitTimeMs: rows.number(row, 7),
      exitPrice: rows.number(row, 8),
      grossProfit: rows.fixed(row, 13),
      fees: rows.fixed(row, 14),
      netProfit: rows.fixed(row, 15),
      returnFraction: rows.number(row, 9),
      maxAdverse: rows.number(row, 10),
      maxFavorable: rows.number(row, 11),
      entryTag: tagText(rows, rows.number(row, 16)),
      exitTag: tagText(rows, rows.number(row, 17)),
      exitReason: exitReasons[rows.number(row, 18)] as ExitReason,
    };
  }
}

/** Order events are rare beside fills (triggers, rejections, cancellations) and are kept as they are. */
export class OrderEventRows implements FactRows<OrderEvent> {
  readonly #events: OrderEvent[] = [];

  get length(): number {
    return this.#events.length;
  }

  push(event: OrderEvent): void {
    this.#events.push(event);
  }

  get(row: number): OrderEvent {
    return this.#events[row] as OrderEvent;
  }
}

/** The place of a word in its list; nearly always the first, so that a loop is shorter than a call. */
function codeOf<Word extends string>(word: Word, words: readonly Word[]): number {
  let code = 0;
  while (words[code] !== word) code++;
  return code;
}

function tagNumber(rows: PackedRows, tag: string | null): number {
  return tag === null ? -1 : rows.textNumber(tag);
}

function tagText(rows: PackedRows, number: number): string | null {
  return number < 0 ? null : rows.text(number);
}

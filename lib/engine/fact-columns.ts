import type { Fill, Trade } from "./facts.ts";
import type { Fixed } from "./money.ts";
import type { OrderEvent } from "./orders.ts";

/** Rows of facts, kept packed: a fact becomes an object only for those who ask for it. */
export type FactRows<Row> = { readonly length: number; get(row: number): Row };

/** All rows as objects, in order. */
export function allRows<Row>(rows: FactRows<Row>): Row[] {
  return Array.from({ length: rows.length }, (_, row) => rows.get(row));
}

/** Numbers and texts of equal rows, one after another; fixed-point numbers beyond float64's exact integers lie beside. */
class PackedRows {
  readonly #width: number;
  #numbers: Float64Array;
  #large: Map<number, bigint> | undefined;
  readonly texts: (string | number | null)[] = [];
  length = 0;

  constructor(width: number) {
    this.#width = width;
    this.#numbers = new Float64Array(64 * width);
  }

  /** The numbers with room for one more row, and where it begins. */
  grow(): Float64Array {
    const end = (this.length + 1) * this.#width;
    if (end > this.#numbers.length) {
      const wider = new Float64Array(this.#numbers.length * 2);
      wider.set(this.#numbers);
      this.#numbers = wider;
    }
    this.length += 1;
    return this.#numbers;
  }

  setFixed(at: number, value: Fixed): void {
    if (typeof value === "bigint") {
      this.#large ??= new Map();
      this.#large.set(at, value);
    }
    this.#numbers[at] = Number(value);
  }

  number(at: number): number {
    return this.#numbers[at] as number;
  }

  fixed(at: number): Fixed {
    return this.#large?.get(at) ?? this.number(at);
  }
}

const fillNumbers = 8;
const fillTexts = 4;

export class FillRows implements FactRows<Fill> {
  readonly #rows = new PackedRows(fillNumbers);

  get length(): number {
    return this.#rows.length;
  }

  push(fill: Fill): void {
    const rows = this.#rows;
    const at = rows.length * fillNumbers;
    const numbers = rows.grow();
    numbers[at] = fill.bar;
    numbers[at + 1] = fill.timeMs;
    numbers[at + 2] = fill.submittedBar;
    numbers[at + 3] = fill.instrument;
    numbers[at + 4] = fill.price;
    rows.setFixed(at + 5, fill.quantity);
    rows.setFixed(at + 6, fill.value);
    rows.setFixed(at + 7, fill.fee);
    rows.texts.push(fill.orderId, fill.type, fill.side, fill.tag);
  }

  get(row: number): Fill {
    const rows = this.#rows;
    const at = row * fillNumbers;
    const [orderId, type, side, tag] = rows.texts.slice(row * fillTexts, (row + 1) * fillTexts);
    return {
      bar: rows.number(at),
      timeMs: rows.number(at + 1),
      orderId: orderId as Fill["orderId"],
      type: type as Fill["type"],
      submittedBar: rows.number(at + 2),
      instrument: rows.number(at + 3),
      side: side as Fill["side"],
      quantity: rows.fixed(at + 5),
      price: rows.number(at + 4),
      value: rows.fixed(at + 6),
      fee: rows.fixed(at + 7),
      tag: tag as string | null,
    };
  }
}

const tradeNumbers = 15;
const tradeTexts = 4;

export class TradeRows implements FactRows<Trade> {
  readonly #rows = new PackedRows(tradeNumbers);

  get length(): number {
    return this.#rows.length;
  }

  push(trade: Trade): void {
    const rows = this.#rows;
    const at = rows.length * tradeNumbers;
    const numbers = rows.grow();
    numbers[at] = trade.tradeId;
    numbers[at + 1] = trade.instrument;
    numbers[at + 2] = trade.entryBar;
    numbers[at + 3] = trade.entryTimeMs;
    numbers[at + 4] = trade.entryPrice;
    numbers[at + 5] = trade.exitBar;
    numbers[at + 6] = trade.exitTimeMs;
    numbers[at + 7] = trade.exitPrice;
    numbers[at + 8] = trade.returnFraction;
    numbers[at + 9] = trade.maxAdverse;
    numbers[at + 10] = trade.maxFavorable;
    rows.setFixed(at + 11, trade.quantity);
    rows.setFixed(at + 12, trade.grossProfit);
    rows.setFixed(at + 13, trade.fees);
    rows.setFixed(at + 14, trade.netProfit);
    rows.texts.push(trade.side, trade.entryTag, trade.exitTag, trade.exitReason);
  }

  get(row: number): Trade {
    const rows = this.#rows;
    const at = row * tradeNumbers;
    const [side, entryTag, exitTag, exitReason] = rows.texts.slice(row * tradeTexts, (row + 1) * tradeTexts);
    return {
      tradeId: rows.number(at),
      instrument: rows.number(at + 1),
      side: side as Trade["side"],
      quantity: rows.fixed(at + 11),
      entryBar: rows.number(at + 2),
      entryTimeMs: rows.number(at + 3),
      entryPrice: rows.number(at + 4),
      exitBar: rows.number(at + 5),
      exitTimeMs: rows.number(at + 6),
      exitPrice: rows.number(at + 7),
      grossProfit: rows.fixed(at + 12),
      fees: rows.fixed(at + 13),
      netProfit: rows.fixed(at + 14),
      returnFraction: rows.number(at + 8),
      maxAdverse: rows.number(at + 9),
      maxFavorable: rows.number(at + 10),
      entryTag: entryTag as string | null,
      exitTag: exitTag as string | null,
      exitReason: exitReason as Trade["exitReason"],
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

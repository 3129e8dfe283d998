import type { Fill, Trade } from "./facts.ts";
import type { Fixed } from "./money.ts";
import type { OrderEvent } from "./orders.ts";

/** A growing column of float64 numbers. */
export class NumberColumn {
  #values = new Float64Array(64);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const wider = new Float64Array(this.#values.length * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.length++] = value;
  }

  get(row: number): number {
    return this.#values[row] as number;
  }

  values(): Float64Array {
    return this.#values.subarray(0, this.length);
  }
}

/** A growing column of fixed-point numbers: the rare ones beyond float64's exact integers are kept beside it. */
export class FixedColumn {
  readonly #small = new NumberColumn();
  readonly #large = new Map<number, Fixed>();

  push(value: Fixed): void {
    if (typeof value === "bigint") this.#large.set(this.#small.length, value);
    this.#small.push(Number(value));
  }

  get(row: number): Fixed {
    return this.#large.get(row) ?? this.#small.get(row);
  }
}

/** Rows of facts kept by column: a fact is read out as an object only by those who ask for it. */
export type FactRows<Row> = { readonly length: number; get(row: number): Row };

export class FillRows implements FactRows<Fill> {
  readonly #bar = new NumberColumn();
  readonly #timeMs = new NumberColumn();
  readonly #orderId: string[] = [];
  readonly #type: Fill["type"][] = [];
  readonly #submittedBar = new NumberColumn();
  readonly #instrument = new NumberColumn();
  readonly #side: Fill["side"][] = [];
  readonly #quantity = new FixedColumn();
  readonly #price = new NumberColumn();
  readonly #value = new FixedColumn();
  readonly #fee = new FixedColumn();
  readonly #tag: (string | null)[] = [];

  get length(): number {
    return this.#side.length;
  }

  push(fill: Fill): void {
    this.#bar.push(fill.bar);
    this.#timeMs.push(fill.timeMs);
    this.#orderId.push(fill.orderId);
    this.#type.push(fill.type);
    this.#submittedBar.push(fill.submittedBar);
    this.#instrument.push(fill.instrument);
    this.#side.push(fill.side);
    this.#quantity.push(fill.quantity);
    this.#price.push(fill.price);
    this.#value.push(fill.value);
    this.#fee.push(fill.fee);
    this.#tag.push(fill.tag);
  }

  get(row: number): Fill {
    return {
      bar: this.#bar.get(row),
      timeMs: this.#timeMs.get(row),
      orderId: this.#orderId[row] as string,
      type: this.#type[row] as Fill["type"],
      submittedBar: this.#submittedBar.get(row),
      instrument: this.#instrument.get(row),
      side: this.#side[row] as Fill["side"],
      quantity: this.#quantity.get(row),
      price: this.#price.get(row),
      value: this.#value.get(row),
      fee: this.#fee.get(row),
      tag: this.#tag[row] as string | null,
    };
  }
}

export class TradeRows implements FactRows<Trade> {
  readonly #side: Trade["side"][] = [];
  readonly #entryTag: (string | null)[] = [];
  readonly #exitTag: (string | null)[] = [];
  readonly #exitReason: Trade["exitReason"][] = [];
  readonly #tradeId = new NumberColumn();
  readonly #instrument = new NumberColumn();
  readonly #quantity = new FixedColumn();
  readonly #entryBar = new NumberColumn();
  readonly #entryTimeMs = new NumberColumn();
  readonly #entryPrice = new NumberColumn();
  readonly #exitBar = new NumberColumn();
  readonly #exitTimeMs = new NumberColumn();
  readonly #exitPrice = new NumberColumn();
  readonly #grossProfit = new FixedColumn();
  readonly #fees = new FixedColumn();
  readonly #netProfit = new FixedColumn();
  readonly #returnFraction = new NumberColumn();
  readonly #maxAdverse = new NumberColumn();
  readonly #maxFavorable = new NumberColumn();

  get length(): number {
    return this.#tradeId.length;
  }

  push(trade: Trade): void {
    this.#side.push(trade.side);
    this.#entryTag.push(trade.entryTag);
    this.#exitTag.push(trade.exitTag);
    this.#exitReason.push(trade.exitReason);
    this.#tradeId.push(trade.tradeId);
    this.#instrument.push(trade.instrument);
    this.#quantity.push(trade.quantity);
    this.#entryBar.push(trade.entryBar);
    this.#entryTimeMs.push(trade.entryTimeMs);
    this.#entryPrice.push(trade.entryPrice);
    this.#exitBar.push(trade.exitBar);
    this.#exitTimeMs.push(trade.exitTimeMs);
    this.#exitPrice.push(trade.exitPrice);
    this.#grossProfit.push(trade.grossProfit);
    this.#fees.push(trade.fees);
    this.#netProfit.push(trade.netProfit);
    this.#returnFraction.push(trade.returnFraction);
    this.#maxAdverse.push(trade.maxAdverse);
    this.#maxFavorable.push(trade.maxFavorable);
  }

  get(row: number): Trade {
    return {
      side: this.#side[row] as Trade["side"],
      entryTag: this.#entryTag[row] as string | null,
      exitTag: this.#exitTag[row] as string | null,
      exitReason: this.#exitReason[row] as Trade["exitReason"],
      tradeId: this.#tradeId.get(row),
      instrument: this.#instrument.get(row),
      quantity: this.#quantity.get(row),
      entryBar: this.#entryBar.get(row),
      entryTimeMs: this.#entryTimeMs.get(row),
      entryPrice: this.#entryPrice.get(row),
      exitBar: this.#exitBar.get(row),
      exitTimeMs: this.#exitTimeMs.get(row),
      exitPrice: this.#exitPrice.get(row),
      grossProfit: this.#grossProfit.get(row),
      fees: this.#fees.get(row),
      netProfit: this.#netProfit.get(row),
      returnFraction: this.#returnFraction.get(row),
      maxAdverse: this.#maxAdverse.get(row),
      maxFavorable: this.#maxFavorable.get(row),
    };
  }
}

export class OrderEventRows implements FactRows<OrderEvent> {
  readonly #bar = new NumberColumn();
  readonly #timeMs = new NumberColumn();
  readonly #orderId: string[] = [];
  readonly #submittedBar = new NumberColumn();
  readonly #event: OrderEvent["event"][] = [];
  readonly #side: OrderEvent["side"][] = [];
  readonly #type: OrderEvent["type"][] = [];
  readonly #quantity: (Fixed | null)[] = [];
  readonly #limit: (number | null)[] = [];
  readonly #stop: (number | null)[] = [];
  readonly #reason: OrderEvent["reason"][] = [];
  readonly #tag: (string | null)[] = [];

  get length(): number {
    return this.#event.length;
  }

  push(bar: number, timeMs: number, order: Omit<OrderEvent, "bar" | "timeMs" | "event" | "reason">, event: OrderEvent["event"], reason: OrderEvent["reason"]): void {
    this.#bar.push(bar);
    this.#timeMs.push(timeMs);
    this.#orderId.push(order.orderId);
    this.#submittedBar.push(order.submittedBar);
    this.#event.push(event);
    this.#side.push(order.side);
    this.#type.push(order.type);
    this.#quantity.push(order.quantity);
    this.#limit.push(order.limit);
    this.#stop.push(order.stop);
    this.#reason.push(reason);
    this.#tag.push(order.tag);
  }

  get(row: number): OrderEvent {
    return {
      bar: this.#bar.get(row),
      timeMs: this.#timeMs.get(row),
      orderId: this.#orderId[row] as string,
      submittedBar: this.#submittedBar.get(row),
      event: this.#event[row] as OrderEvent["event"],
      side: this.#side[row] as OrderEvent["side"],
      type: this.#type[row] as OrderEvent["type"],
      quantity: this.#quantity[row] as Fixed | null,
      limit: this.#limit[row] as number | null,
      stop: this.#stop[row] as number | null,
      reason: this.#reason[row] as OrderEvent["reason"],
      tag: this.#tag[row] as string | null,
    };
  }
}

/** All rows as objects, in order. */
export function allRows<Row>(rows: FactRows<Row>): Row[] {
  return Array.from({ length: rows.length }, (_, row) => rows.get(row));
}

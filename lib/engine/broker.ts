import { Account, type SavedAccount } from "./account.ts";
import type { Bars } from "./bars.ts";
import { type FillRows, OrderEventRows, type TradeRows } from "./fact-columns.ts";
import { priceAtOpen, priceInside } from "./matching.ts";
import { formatFixed, multiply, parseFixed } from "./money.ts";
import type { Order, OrderEventKind, OrderId, OrderType, RejectionReason, Side, Submission } from "./orders.ts";
import type { Settings } from "./settings.ts";
import type { CloseRequest, OrderRequest } from "./strategy.ts";

/** A strategy's own order ids are remembered this long, so that the state stays bounded. */
const rememberedIds = 1_000;

const atOpen = { atOpen: true, exitReason: "order" } as const;
const insideBar = { atOpen: false, exitReason: "order" } as const;
const endOfData = { atOpen: false, exitReason: "end-of-data" } as const;

/** The waiting orders of one lane: takes them, withdraws them, and fills them against bars through the account. */
export class Broker {
  readonly account: Account;
  readonly #settings: Settings;
  readonly #sizesAtDecision: boolean;
  #orders: Order[] = [];
  #nextOrder = 1;
  #ownIds: string[] = [];
  #events = new OrderEventRows();
  #lastSignalTimeMs: number | null = null;
  #ambiguousBars = 0;
  #rejections = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#sizesAtDecision = settings.sizing.kind === "units" || settings.sizing.basis === "decision";
    this.account = new Account(settings);
  }

  get orders(): readonly Order[] {
    return this.#orders;
  }
  get idle(): boolean {
    return this.#orders.length === 0;
  }
  get lastSignalTimeMs(): number | null {
    return this.#lastSignalTimeMs;
  }
  get ambiguousBars(): number {
    return this.#ambiguousBars;
  }
  get rejections(): number {
    return this.#rejections;
  }

  /** Takes a buy or sell order at the close of bar `i`. */
  submit(side: Side, request: OrderRequest, bars: Bars, i: number): Submission {
    const price = request.limit ?? request.stop ?? (bars.close[i] as number);
    let quantity = request.quantity === undefined ? null : this.account.unitsOf(request.quantity);
    if (quantity === null && this.#sizesAtDecision) quantity = this.account.sizedAt(price);
    const order = this.#order(side, request, bars.startBar + i);
    order.quantity = quantity;
    return this.#accept(order, this.#refusalOfOrder(order, request.id) ?? this.#refusalOfEntry(order, price), bars, i);
  }

  /** Takes an order that reduces the position, or one open trade, at the close of bar `i`. */
  submitClose(request: CloseRequest, bars: Bars, i: number): Submission {
    const order = this.#order(this.account.units < 0 ? "buy" : "sell", request, bars.startBar + i);
    order.reduceOnly = true;
    order.tradeId = request.trade ?? null;
    if (request.quantity !== undefined) order.quantity = this.account.unitsOf(request.quantity);
    return this.#accept(order, this.#refusalOfOrder(order, request.id) ?? this.#refusalOfClose(order), bars, i);
  }

  /** Withdraws a waiting order; false when there is none with this id. */
  cancel(orderId: OrderId, bars: Bars, i: number): boolean {
    const at = this.#orders.findIndex((order) => order.orderId === orderId);
    const order = this.#orders[at];
    if (order === undefined) return false;
    this.#orders.splice(at, 1);
    this.#event(order, "cancelled", null, bars, i);
    return true;
  }

  cancelAll(bars: Bars, i: number): void {
    for (const order of this.#orders) this.#event(order, "cancelled", null, bars, i);
    this.#orders = [];
  }

  /**
   * Fills what bar `i` fills: first, in the order of submission, what fills at the open; then, inside the bar, stops before limits, because of
   * two possible paths the worse is taken.
   */
  match(bars: Bars, i: number): void {
    this.#fillWhere("open", bars, i);
    if (this.#orders.length === 0) return;
    if (this.#orders.length > 1 && this.#isAmbiguous(bars, i)) this.#ambiguousBars += 1;
    this.#fillWhere("stops", bars, i);
    this.#fillWhere("limits", bars, i);
  }

  /** Fills the market orders at the close of bar `i`. */
  matchClose(bars: Bars, i: number): void {
    this.#fillWhere("close", bars, i);
  }

  /** Withdraws every order and closes the position at the close of bar `i`, the last of the data. */
  closeAll(bars: Bars, i: number): void {
    this.cancelAll(bars, i);
    if (this.account.units === 0) return;
    const order = this.#order(this.account.units < 0 ? "buy" : "sell", { tag: "end-of-data" }, bars.startBar + i);
    order.reduceOnly = true;
    this.account.execute(order, bars.close[i] as number, bars, i, endOfData);
  }

  /** The facts since the last call. */
  takeFacts(): { fills: FillRows; trades: TradeRows; orders: OrderEventRows } {
    const orders = this.#events;
    this.#events = new OrderEventRows();
    return { ...this.account.takeFacts(), orders };
  }

  save(): SavedBroker {
    return {
      account: this.account.save(),
      orders: this.#orders.map((order) => ({
        ...order,
        quantity: order.quantity === null ? null : formatFixed(order.quantity),
      })),
      nextOrder: this.#nextOrder,
      ownIds: [...this.#ownIds],
      lastSignalTimeMs: this.#lastSignalTimeMs,
      ambiguousBars: this.#ambiguousBars,
      rejections: this.#rejections,
    };
  }

  restore(saved: SavedBroker): void {
    this.account.restore(saved.account);
    this.#orders = saved.orders.map((order) => ({
      ...order,
      quantity: order.quantity === null ? null : parseFixed(order.quantity),
    }));
    this.#nextOrder = saved.nextOrder;
    this.#ownIds = [...saved.ownIds];
    this.#lastSignalTimeMs = saved.lastSignalTimeMs;
    this.#ambiguousBars = saved.ambiguousBars;
    this.#rejections = saved.rejections;
  }

  #order(side: Side, request: OrderRequest, bar: number): Order {
    return {
      orderId: request.id ?? this.#nextOrder++,
      side,
      type: orderType(request),
      limit: request.limit ?? null,
      stop: request.stop ?? null,
      quantity: null,
      reduceOnly: false,
      tradeId: null,
      tag: request.tag ?? null,
      submittedBar: bar,
      triggered: false,
    };
  }

  #accept(order: Order, reason: RejectionReason | null, bars: Bars, i: number): Submission {
    this.#lastSignalTimeMs = bars.openTimeMs[i] as number;
    if (reason !== null) {
      this.#reject(order, reason, bars, i);
      return { kind: "rejected", orderId: order.orderId, reason };
    }
    this.#orders.push(order);
    return { kind: "accepted", orderId: order.orderId };
  }

  #refusalOfOrder(order: Order, ownId: string | undefined): RejectionReason | null {
    if (ownId !== undefined) {
      if (/^\d+$/.test(ownId) || this.#ownIds.includes(ownId)) return "duplicate_order";
      this.#ownIds.push(ownId);
      if (this.#ownIds.length > rememberedIds) this.#ownIds.shift();
    }
    return isPrice(order.limit) && isPrice(order.stop) ? null : "invalid_price";
  }

  #refusalOfEntry(order: Order, price: number): RejectionReason | null {
    const { account } = this;
    if (order.quantity !== null && !account.isAllowed(order.quantity)) return "invalid_quantity";
    if (
      order.side === "sell" &&
      !this.#settings.shorting &&
      (account.held <= 0 || (order.quantity ?? 0) > account.held)
    ) {
      return "invalid_quantity";
    }
    // A close that waits makes room before this order fills; whether it was enough is asked again at the fill.
    if (account.isFull(order.side) && !this.#orders.some((waiting) => waiting.reduceOnly)) return "pyramiding";
    if (this.#settings.fundsCheck === "fill") return null;
    const quantity = order.quantity ?? account.sizedAt(price);
    const value = multiply(quantity, price);
    return account.refusal(order.side, quantity, price, value, account.fee(value, quantity));
  }

  #refusalOfClose(order: Order): RejectionReason | null {
    if (order.quantity !== null && order.quantity <= 0) return "invalid_quantity";
    if (this.account.units === 0) return "nothing_to_close";
    return order.tradeId !== null && this.account.closable(order) === 0 ? "unknown_trade" : null;
  }

  /** Executes, in the order of submission, each waiting order that this phase of the bar fills. */
  #fillWhere(phase: "open" | "stops" | "limits" | "close", bars: Bars, i: number): void {
    const waiting = this.#orders;
    let kept = 0;
    let isOver = false;
    for (let k = 0; k < waiting.length; k++) {
      const order = waiting[k] as Order;
      const price = isOver && order.reduceOnly ? Number.NaN : this.#priceIn(phase, order, bars, i);
      if (Number.isNaN(price)) {
        waiting[kept++] = order;
        continue;
      }
      const before = this.account.units;
      const reason = this.account.execute(order, price, bars, i, phase === "open" ? atOpen : insideBar);
      if (reason !== null) this.#reject(order, reason, bars, i);
      // Every closing order that waits was meant for the position before this fill; a flat account has none.
      if (before * this.account.units <= 0) isOver = true;
    }
    if (kept === waiting.length) return;
    // Setting the length of an array leaves the compiled code, `pop` does not.
    while (waiting.length > kept) waiting.pop();
    if (kept > 0) this.#dropOrphans(isOver, bars, i);
  }

  /** The price at which this phase fills the order, or NaN. */
  #priceIn(phase: "open" | "stops" | "limits" | "close", order: Order, bars: Bars, i: number): number {
    if (order.reduceOnly && this.account.closable(order) === 0) return Number.NaN;
    if (phase === "close") return order.type === "market" ? (bars.close[i] as number) : Number.NaN;
    if (phase !== "open" && (order.type === "limit") !== (phase === "limits")) return Number.NaN;
    const wasTriggered = order.triggered;
    const price =
      phase === "open"
        ? priceAtOpen(order, bars.open[i] as number)
        : priceInside(order, bars.high[i] as number, bars.low[i] as number, bars.close[i] as number);
    if (order.triggered !== wasTriggered) this.#event(order, "triggered", null, bars, i);
    return price;
  }

  /** A closing order lives no longer than what it closes: its trade, or the position, which `isOver` even if another was opened since. */
  #dropOrphans(isOver: boolean, bars: Bars, i: number): void {
    this.#orders = this.#orders.filter((order) => {
      if (!order.reduceOnly || (!isOver && this.account.closable(order) > 0)) return true;
      this.#event(order, "cancelled", "nothing_to_close", bars, i);
      return false;
    });
  }

  /** Whether a stop and a limit that close the same position both lie inside this bar, so that their order is a guess. */
  #isAmbiguous(bars: Bars, i: number): boolean {
    const lies = this.#orders.filter(
      (order) =>
        order.reduceOnly &&
        !Number.isNaN(
          priceInside({ ...order }, bars.high[i] as number, bars.low[i] as number, bars.close[i] as number),
        ),
    );
    return lies.some((order) => order.type === "limit") && lies.some((order) => order.type !== "limit");
  }

  #reject(order: Order, reason: RejectionReason, bars: Bars, i: number): void {
    this.#rejections += 1;
    this.#event(order, "rejected", reason, bars, i);
  }

  #event(order: Order, event: OrderEventKind, reason: RejectionReason | null, bars: Bars, i: number): void {
    if (this.#settings.facts !== "full") return;
    const { orderId, submittedBar, side, type, quantity, limit, stop, tag } = order;
    const bar = bars.startBar + i;
    const timeMs = bars.openTimeMs[i] as number;
    this.#events.push({ bar, timeMs, orderId, submittedBar, event, side, type, quantity, limit, stop, reason, tag });
  }
}

export type SavedBroker = {
  readonly account: SavedAccount;
  readonly orders: readonly (Omit<Order, "quantity"> & { readonly quantity: string | null })[];
  readonly nextOrder: number;
  readonly ownIds: readonly string[];
  readonly lastSignalTimeMs: number | null;
  readonly ambiguousBars: number;
  readonly rejections: number;
};

function orderType(request: OrderRequest): OrderType {
  if (request.stop !== undefined) return request.limit === undefined ? "stop" : "stop-limit";
  return request.limit === undefined ? "market" : "limit";
}

function isPrice(price: number | null): boolean {
  return price === null || (Number.isFinite(price) && price > 0);
}

import type { Bars } from "./bars.ts";
import { commissionOf, slip } from "./costs.ts";
import type { ExitReason, Fill, Trade } from "./facts.ts";
import type { JsonValue } from "./json.ts";
import { Ledger, type SavedLedger } from "./ledger.ts";
import { priceAtOpen, priceInside } from "./matching.ts";
import { type Fixed, formatFixed, multiply, parseFixed, toFixed, toNumber } from "./money.ts";
import type { Order, OrderEvent, OrderEventKind, OrderType, RejectionReason, Side, Submission } from "./orders.ts";
import type { Settings } from "./settings.ts";
import { floorToLot, sizedQuantity } from "./sizing.ts";
import type { CloseRequest, OrderRequest } from "./strategy.ts";
import { foldFill, foldTrade, restoreTradeFigures, type SavedTradeFigures, saveTradeFigures, startTradeFigures } from "./trade-statistics.ts";

/** A person's order ids are remembered this long, so that the state stays bounded. */
const rememberedIds = 1_000;

/** The one instrument of a lane, until several share an account. */
const instrument = 0;

/** The waiting orders and the ledger of one lane: takes orders, fills them against bars, books fills and trades. */
export class Broker {
  readonly #lane: number;
  readonly #settings: Settings;
  #ledger: Ledger;
  #orders: Order[] = [];
  #nextOrder = 1;
  #ownIds: string[] = [];
  #figures = startTradeFigures();
  #fills: Fill[] = [];
  #trades: Trade[] = [];
  #events: OrderEvent[] = [];
  #lastSignalTimeMs: number | null = null;
  #ambiguousBars = 0;
  #rejections = 0;

  /** Cash and signed units held, as float64, for marking the account. */
  cash: number;
  units = 0;

  constructor(lane: number, settings: Settings) {
    this.#lane = lane;
    this.#settings = settings;
    this.#ledger = new Ledger(settings.cash, 1);
    this.cash = toNumber(this.#ledger.cash);
  }

  get ledger(): Ledger {
    return this.#ledger;
  }
  get orders(): readonly Order[] {
    return this.#orders;
  }
  get idle(): boolean {
    return this.#orders.length === 0;
  }
  get figures(): ReturnType<typeof startTradeFigures> {
    return this.#figures;
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
    const type = orderType(request);
    let quantity = request.quantity === undefined ? null : this.#units(request.quantity);
    const decisionPrice = request.limit ?? request.stop ?? (bars.close[i] as number);
    if (quantity === null && sizedAtDecision(this.#settings)) quantity = this.#sized(decisionPrice);
    const order = this.#order(side, type, request, { quantity, reduceOnly: false, tradeId: null }, bars.startBar + i);
    return this.#accept(order, request, bars, i, () => this.#refusalOfEntry(order, decisionPrice));
  }

  /** Takes an order that reduces the position at the close of bar `i`. */
  submitClose(request: CloseRequest, bars: Bars, i: number): Submission {
    const trades = this.#ledger.openTrades(instrument);
    const side = trades[0]?.direction === -1 ? "buy" : "sell";
    const quantity = request.quantity === undefined ? null : this.#units(request.quantity);
    const tradeId = request.trade ?? null;
    const order = this.#order(side, orderType(request), request, { quantity, reduceOnly: true, tradeId }, bars.startBar + i);
    return this.#accept(order, request, bars, i, () => {
      if (quantity !== null && quantity <= 0n) return "invalid_quantity";
      if (tradeId !== null && !trades.some((trade) => trade.tradeId === tradeId)) return "unknown_trade";
      return trades.length === 0 ? "nothing_to_close" : null;
    });
  }

  cancel(orderId: string, bars: Bars, i: number): boolean {
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
   * Fills what bar `i` fills: first, in the order of submission, what fills at the open; then, inside the bar, stops before limits, because of two
   * possible paths the worse is taken.
   */
  match(bars: Bars, i: number): void {
    const open = bars.open[i] as number;
    this.#each((order) => {
      const wasTriggered = order.triggered;
      const price = priceAtOpen(order, open);
      if (order.triggered !== wasTriggered) this.#event(order, "triggered", null, bars, i);
      return price;
    }, bars, i, true);
    if (this.#orders.length === 0) return;
    const high = bars.high[i] as number;
    const low = bars.low[i] as number;
    const close = bars.close[i] as number;
    const inside = (order: Order): number => {
      const wasTriggered = order.triggered;
      const price = priceInside(order, high, low, close);
      if (order.triggered !== wasTriggered) this.#event(order, "triggered", null, bars, i);
      return price;
    };
    if (this.#isAmbiguous(high, low, close)) this.#ambiguousBars += 1;
    this.#each((order) => (order.type === "limit" ? Number.NaN : inside(order)), bars, i, false);
    this.#each((order) => (order.type === "limit" ? inside(order) : Number.NaN), bars, i, false);
  }

  /** Fills the market orders at the close of bar `i`. */
  matchClose(bars: Bars, i: number): void {
    const close = bars.close[i] as number;
    this.#each((order) => (order.type === "market" ? close : Number.NaN), bars, i, false);
  }

  /** Withdraws every order and closes the position at the close of bar `i`, the last of the data. */
  closeAll(bars: Bars, i: number): void {
    this.cancelAll(bars, i);
    const held = this.#ledger.quantityOf(instrument);
    if (held === 0n) return;
    const side = held > 0n ? "sell" : "buy";
    const request = { tag: "end-of-data" };
    const order = this.#order(side, "market", request, { quantity: null, reduceOnly: true, tradeId: null }, bars.startBar + i);
    this.#event(order, "submitted", null, bars, i);
    this.#execute(order, bars.close[i] as number, bars, i, { atOpen: false, exitReason: "end-of-data" });
  }

  /** Lets the open trades see the prices of the bars at positions [from, to). */
  seeRange(bars: Bars, from: number, to: number): void {
    const { high, low, close, startBar } = bars;
    for (const trade of this.#ledger.openTrades(instrument)) {
      let { highest, lowest } = trade;
      let k = from;
      if (trade.rangeFromBar > startBar + from) {
        const price = close[from] as number;
        if (price > highest) highest = price;
        if (price < lowest) lowest = price;
        k = from + 1;
      }
      for (; k < to; k++) {
        const h = high[k] as number;
        const l = low[k] as number;
        if (h > highest) highest = h;
        if (l < lowest) lowest = l;
      }
      trade.highest = highest;
      trade.lowest = lowest;
    }
  }

  /** The fills, trades and order events since the last call. */
  takeFacts(): { fills: Fill[]; trades: Trade[]; orders: OrderEvent[] } {
    const facts = { fills: this.#fills, trades: this.#trades, orders: this.#events };
    this.#fills = [];
    this.#trades = [];
    this.#events = [];
    return facts;
  }

  save(): SavedBroker {
    return {
      ledger: this.#ledger.save(),
      orders: this.#orders.map((order) => ({ ...order, quantity: order.quantity === null ? null : formatFixed(order.quantity) })),
      nextOrder: this.#nextOrder,
      ownIds: this.#ownIds,
      figures: saveTradeFigures(this.#figures),
      lastSignalTimeMs: this.#lastSignalTimeMs,
      ambiguousBars: this.#ambiguousBars,
      rejections: this.#rejections,
    };
  }

  restore(saved: SavedBroker): void {
    this.#ledger = Ledger.restore(saved.ledger as unknown as SavedLedger);
    this.#orders = saved.orders.map((order) => ({ ...order, quantity: order.quantity === null ? null : parseFixed(order.quantity) }));
    this.#nextOrder = saved.nextOrder;
    this.#ownIds = [...saved.ownIds];
    this.#figures = restoreTradeFigures(saved.figures);
    this.#lastSignalTimeMs = saved.lastSignalTimeMs;
    this.#ambiguousBars = saved.ambiguousBars;
    this.#rejections = saved.rejections;
    this.#mark();
  }

  #order(side: Side, type: OrderType, request: OrderRequest, rest: Pick<Order, "quantity" | "reduceOnly" | "tradeId">, bar: number): Order {
    return {
      orderId: request.id ?? `#${this.#nextOrder++}`,
      instrument,
      side,
      type,
      limit: request.limit ?? null,
      stop: request.stop ?? null,
      quantity: rest.quantity,
      reduceOnly: rest.reduceOnly,
      tradeId: rest.tradeId,
      tag: request.tag ?? null,
      submittedBar: bar,
      triggered: false,
    };
  }

  #accept(order: Order, request: OrderRequest, bars: Bars, i: number, refusal: () => RejectionReason | null): Submission {
    this.#lastSignalTimeMs = bars.openTimeMs[i] as number;
    this.#event(order, "submitted", null, bars, i);
    const reason = this.#refusalOfId(request.id) ?? refusalOfPrices(order) ?? refusal();
    if (reason !== null) {
      this.#reject(order, reason, bars, i);
      return { kind: "rejected", orderId: order.orderId, reason };
    }
    this.#orders.push(order);
    return { kind: "accepted", orderId: order.orderId };
  }

  #refusalOfId(id: string | undefined): RejectionReason | null {
    if (id === undefined) return null;
    if (id.startsWith("#") || this.#ownIds.includes(id)) return "duplicate_order";
    this.#ownIds.push(id);
    if (this.#ownIds.length > rememberedIds) this.#ownIds.shift();
    return null;
  }

  /** What is wrong with an entry at its submission already. */
  #refusalOfEntry(order: Order, price: number): RejectionReason | null {
    const settings = this.#settings;
    const held = this.#ledger.quantityOf(instrument);
    if (order.quantity !== null && !isAllowed(order.quantity, settings)) return "invalid_quantity";
    if (order.side === "sell" && !settings.shorting && (held <= 0n || (order.quantity ?? 0n) > held)) return "invalid_quantity";
    const sameDirection = order.side === "buy" ? held > 0n : held < 0n;
    if (sameDirection && this.#ledger.openTrades(instrument).length >= settings.pyramiding) return "pyramiding";
    if (settings.fundsCheck === "fill") return null;
    const quantity = order.quantity ?? this.#sized(price);
    return this.#refusalOfOpening(order.side, quantity, held, price);
  }

  /** What forbids filling `quantity` at `price`: too many trades in that direction, no short selling, or too little cash. */
  #refusalOfOpening(side: Side, quantity: Fixed, held: Fixed, price: number): RejectionReason | null {
    const settings = this.#settings;
    const reducible = side === "buy" ? -held : held;
    const opening = reducible > 0n ? quantity - reducible : quantity;
    if (opening <= 0n) return null;
    if (side === "sell" && !settings.shorting) return "invalid_quantity";
    if (reducible < 0n && this.#ledger.openTrades(instrument).length >= settings.pyramiding) return "pyramiding";
    const fee = commissionOf(settings.commission, multiply(quantity, price), quantity);
    let available = this.#ledger.available();
    if (reducible > 0n) {
      const closeValue = multiply(reducible, price);
      available = side === "sell" ? available + closeValue : this.#ledger.cash - closeValue;
    }
    return multiply(opening, price) + fee > available ? "insufficient_funds" : null;
  }

  /** Executes each waiting order for which `priceOf` gives a price, in the order of submission. */
  #each(priceOf: (order: Order) => number, bars: Bars, i: number, atOpen: boolean): void {
    const waiting = this.#orders;
    this.#orders = [];
    let kept = 0;
    for (let k = 0; k < waiting.length; k++) {
      const order = waiting[k] as Order;
      const price = this.#isAlive(order) ? priceOf(order) : Number.NaN;
      if (Number.isNaN(price)) waiting[kept++] = order;
      else this.#execute(order, price, bars, i, { atOpen, exitReason: "order" });
    }
    waiting.length = kept;
    this.#orders = waiting;
    this.#dropOrphans(bars, i);
  }

  /** Whether the position or trade that a closing order closes is still there. */
  #isAlive(order: Order): boolean {
    if (!order.reduceOnly) return true;
    return this.#ledger
      .openTrades(instrument)
      .some((trade) => (trade.direction === 1) === (order.side === "sell") && (order.tradeId === null || order.tradeId === trade.tradeId));
  }

  /** A closing order lives no longer than what it closes. */
  #dropOrphans(bars: Bars, i: number): void {
    if (this.#orders.every((order) => this.#isAlive(order))) return;
    for (const order of this.#orders) if (!this.#isAlive(order)) this.#event(order, "cancelled", "nothing_to_close", bars, i);
    this.#orders = this.#orders.filter((order) => this.#isAlive(order));
  }

  #execute(order: Order, rawPrice: number, bars: Bars, i: number, how: { atOpen: boolean; exitReason: ExitReason }): void {
    const settings = this.#settings;
    const slips = order.type === "market" || order.type === "stop";
    const price = slips ? slip(rawPrice, order.side, settings.slippageBps) : rawPrice;
    const held = this.#ledger.quantityOf(instrument);

    let quantity: Fixed;
    if (order.reduceOnly) {
      const closable = this.#closable(order, held);
      quantity = order.quantity === null || order.quantity > closable ? closable : order.quantity;
    } else {
      quantity = order.quantity ?? this.#sized(price);
      const reason = isAllowed(quantity, settings) ? this.#refusalOfOpening(order.side, quantity, held, price) : "invalid_quantity";
      if (reason !== null) {
        this.#reject(order, reason, bars, i);
        return;
      }
    }
    const value = multiply(quantity, price);
    const fill: Fill = {
      lane: this.#lane,
      bar: bars.startBar + i,
      timeMs: bars.openTimeMs[i] as number,
      orderId: order.orderId,
      instrument,
      side: order.side,
      quantity,
      price,
      value,
      fee: commissionOf(settings.commission, value, quantity),
      tag: order.tag,
    };
    const tradesBefore = this.#trades.length;
    this.#ledger.apply(fill, { tradeId: order.tradeId, ...how }, this.#trades);
    foldFill(this.#figures, fill);
    for (let k = tradesBefore; k < this.#trades.length; k++) foldTrade(this.#figures, this.#trades[k] as Trade);
    if (settings.facts === "full") this.#fills.push(fill);
    else this.#trades.length = 0;
    this.#mark();
  }

  #closable(order: Order, held: Fixed): Fixed {
    if (order.tradeId === null) return held < 0n ? -held : held;
    return this.#ledger.openTrades(instrument).find((trade) => trade.tradeId === order.tradeId)?.quantity ?? 0n;
  }

  #sized(price: number): Fixed {
    const { sizing, commission, quantity } = this.#settings;
    const funds = { available: this.#ledger.available(), equity: toFixed(this.cash + this.units * price) };
    return sizedQuantity(sizing, price, funds, commission, quantity);
  }

  #units(quantity: number): Fixed {
    return Number.isFinite(quantity) && quantity > 0 ? floorToLot(toFixed(quantity), this.#settings.quantity.lot) : 0n;
  }

  #mark(): void {
    this.cash = toNumber(this.#ledger.cash);
    this.units = toNumber(this.#ledger.quantityOf(instrument));
  }

  /** Whether a stop and a limit that close the same position both lie inside this bar, so that the order of events is a guess. */
  #isAmbiguous(high: number, low: number, close: number): boolean {
    if (this.#orders.length < 2) return false;
    const closing = this.#orders.filter((order) => order.reduceOnly);
    const lies = (order: Order): boolean => !Number.isNaN(priceInside({ ...order }, high, low, close));
    return closing.some((order) => order.type === "limit" && lies(order)) && closing.some((order) => order.type !== "limit" && lies(order));
  }

  #reject(order: Order, reason: RejectionReason, bars: Bars, i: number): void {
    this.#rejections += 1;
    this.#event(order, "rejected", reason, bars, i);
  }

  #event(order: Order, event: OrderEventKind, reason: RejectionReason | null, bars: Bars, i: number): void {
    if (this.#settings.facts === "summary") return;
    this.#events.push({
      lane: this.#lane,
      bar: bars.startBar + i,
      timeMs: bars.openTimeMs[i] as number,
      orderId: order.orderId,
      event,
      side: order.side,
      type: order.type,
      quantity: order.quantity,
      limit: order.limit,
      stop: order.stop,
      reason,
      tag: order.tag,
    });
  }
}

export type SavedBroker = {
  readonly ledger: JsonValue;
  readonly orders: readonly (Omit<Order, "quantity"> & { readonly quantity: string | null })[];
  readonly nextOrder: number;
  readonly ownIds: readonly string[];
  readonly figures: SavedTradeFigures;
  readonly lastSignalTimeMs: number | null;
  readonly ambiguousBars: number;
  readonly rejections: number;
};

function orderType(request: OrderRequest): OrderType {
  if (request.stop !== undefined) return request.limit === undefined ? "stop" : "stop-limit";
  return request.limit === undefined ? "market" : "limit";
}

function refusalOfPrices(order: Order): RejectionReason | null {
  const isPrice = (price: number | null): boolean => price === null || (Number.isFinite(price) && price > 0);
  return isPrice(order.limit) && isPrice(order.stop) ? null : "invalid_price";
}

function sizedAtDecision(settings: Settings): boolean {
  return settings.sizing.kind === "units" || settings.sizing.basis === "decision";
}

function isAllowed(quantity: Fixed, settings: Settings): boolean {
  const { minimum, maximum } = settings.quantity;
  return quantity > 0n && quantity >= minimum && (maximum === null || quantity <= maximum);
}

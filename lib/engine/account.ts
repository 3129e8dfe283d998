import type { Bars } from "./bars.ts";
import { commissionOf, slip } from "./costs.ts";
import { FillRows, TradeRows } from "./fact-columns.ts";
import type { ExitReason, Fill, Trade } from "./facts.ts";
import type { JsonValue } from "./json.ts";
import { Ledger, type OpenTrade, type SavedLedger } from "./ledger.ts";
import { add, type Fixed, floorToStep, multiply, subtract, toFixed, toNumber } from "./money.ts";
import type { Order, RejectionReason, Side } from "./orders.ts";
import type { Settings } from "./settings.ts";
import { sizedQuantity } from "./sizing.ts";
import { foldFill, foldTrade, restoreTradeFigures, type SavedTradeFigures, saveTradeFigures, startTradeFigures, type TradeFigures } from "./trade-statistics.ts";

/** The one instrument of a lane, until several share an account. */
const instrument = 0;

/** The ledger of one lane with what is derived from its fills: facts, running figures, and the float64 marks that the hot loop reads. */
export class Account {
  readonly #settings: Settings;
  #ledger: Ledger;
  #held: Fixed = 0;
  #figures = startTradeFigures();
  #fills = new FillRows();
  #trades = new TradeRows();
  readonly #keepsFacts: boolean;

  /** Cash and signed units held. */
  cash: number;
  units = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#keepsFacts = settings.facts === "full";
    this.#ledger = new Ledger(settings.cash, 1);
    this.cash = toNumber(settings.cash);
  }

  get held(): Fixed {
    return this.#held;
  }
  get feesPaid(): Fixed {
    return this.#ledger.feesPaid;
  }
  get exactCash(): Fixed {
    return this.#ledger.cash;
  }
  get figures(): TradeFigures {
    return this.#figures;
  }
  get openTrades(): readonly OpenTrade[] {
    return this.#ledger.openTrades(instrument);
  }

  /** A quantity of a strategy's own as a multiple of the lot; 0 when it is not a number above zero. */
  unitsOf(quantity: number): Fixed {
    return Number.isFinite(quantity) && quantity > 0 ? floorToStep(toFixed(quantity), this.#settings.quantity.lot) : 0;
  }

  /** The quantity that the spec's sizing gives at this price. */
  sizedAt(price: number): Fixed {
    const { sizing, commission, quantity } = this.#settings;
    if (sizing.kind === "units") return floorToStep(sizing.units, quantity.lot);
    const funds = { available: this.#ledger.available(), equity: toFixed(this.cash + this.units * price) };
    return sizedQuantity(sizing, price, funds, commission, quantity);
  }

  isAllowed(quantity: Fixed): boolean {
    const { minimum, maximum } = this.#settings.quantity;
    return quantity > 0 && quantity >= minimum && (maximum === null || quantity <= maximum);
  }

  /** How many units a closing order may close: those of its trade, or the whole position; 0 when what it closes is gone. */
  closable(order: Order): Fixed {
    const closes = order.side === "sell" ? 1 : -1;
    if (order.tradeId === null) {
      if (this.#held > 0) return closes === 1 ? this.#held : 0;
      return closes === 1 ? 0 : subtract(0, this.#held);
    }
    for (const trade of this.openTrades) {
      if (trade.tradeId === order.tradeId && trade.direction === closes) return trade.quantity;
    }
    return 0;
  }

  /** Whether a further trade in the direction of `side` would be one too many. */
  isFull(side: Side): boolean {
    const adds = side === "buy" ? this.#held > 0 : this.#held < 0;
    return adds && this.openTrades.length >= this.#settings.pyramiding;
  }

  /** What forbids an entry of `quantity` worth `value`: no short selling, too many trades, or too little cash for the part that opens. */
  refusal(side: Side, quantity: Fixed, price: number, value: Fixed, fee: Fixed): RejectionReason | null {
    if (!this.isAllowed(quantity)) return "invalid_quantity";
    const reducible = side === "buy" ? subtract(0, this.#held) : this.#held;
    if (reducible > 0 && quantity <= reducible) return null;
    if (side === "sell" && !this.#settings.shorting) return "invalid_quantity";
    if (this.isFull(side)) return "pyramiding";
    if (reducible <= 0) return add(value, fee) > this.#ledger.available() ? "insufficient_funds" : null;
    const closeValue = multiply(reducible, price);
    const available = side === "sell" ? add(this.#ledger.available(), closeValue) : subtract(this.#ledger.cash, closeValue);
    return add(subtract(value, closeValue), fee) > available ? "insufficient_funds" : null;
  }

  fee(value: Fixed, quantity: Fixed): Fixed {
    return commissionOf(this.#settings.commission, value, quantity);
  }

  /** Fills the order at `rawPrice`, before slippage, in bar `i`; returns why not when it cannot be filled. */
  execute(order: Order, rawPrice: number, bars: Bars, i: number, how: { readonly atOpen: boolean; readonly exitReason: ExitReason }): RejectionReason | null {
    const slips = order.type === "market" || order.type === "stop";
    const price = slips ? slip(rawPrice, order.side, this.#settings.slippageBps) : rawPrice;
    let quantity: Fixed;
    if (order.reduceOnly) {
      quantity = this.closable(order);
      if (order.quantity !== null && order.quantity < quantity) quantity = order.quantity;
    } else {
      quantity = order.quantity ?? this.sizedAt(price);
    }
    const value = multiply(quantity, price);
    const fee = this.fee(value, quantity);
    if (!order.reduceOnly) {
      const reason = this.refusal(order.side, quantity, price, value, fee);
      if (reason !== null) return reason;
    }
    const fill: Fill = {
      bar: bars.startBar + i,
      timeMs: bars.openTimeMs[i] as number,
      orderId: order.orderId,
      type: order.type,
      submittedBar: order.submittedBar,
      instrument,
      side: order.side,
      quantity,
      price,
      value,
      fee,
      tag: order.tag,
    };
    this.#ledger.apply(fill, { tradeId: order.tradeId, atOpen: how.atOpen, exitReason: how.exitReason }, this.#onClosed);
    foldFill(this.#figures, fill);
    if (this.#keepsFacts) this.#fills.push(fill);
    this.#mark();
    return null;
  }

  readonly #onClosed = (trade: Trade): void => {
    foldTrade(this.#figures, trade);
    if (this.#keepsFacts) this.#trades.push(trade);
  };

  /** Lets the open trades see the prices of the bars at positions [from, to). */
  seeRange(bars: Bars, from: number, to: number): void {
    for (const trade of this.#ledger.openTrades(instrument)) seePrices(trade, bars, from, to);
  }

  /** The fills and trades since the last call. */
  takeFacts(): { fills: FillRows; trades: TradeRows } {
    const facts = { fills: this.#fills, trades: this.#trades };
    this.#fills = new FillRows();
    this.#trades = new TradeRows();
    return facts;
  }

  save(): SavedAccount {
    return { ledger: this.#ledger.save(), figures: saveTradeFigures(this.#figures) };
  }

  restore(saved: SavedAccount): void {
    this.#ledger = Ledger.restore(saved.ledger as unknown as SavedLedger);
    this.#figures = restoreTradeFigures(saved.figures);
    this.#mark();
  }

  #mark(): void {
    this.#held = this.#ledger.quantityOf(instrument);
    this.cash = toNumber(this.#ledger.cash);
    this.units = toNumber(this.#held);
  }
}

export type SavedAccount = { readonly ledger: JsonValue; readonly figures: SavedTradeFigures };

function seePrices(trade: OpenTrade, bars: Bars, from: number, to: number): void {
  const { high, low, close, startBar } = bars;
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

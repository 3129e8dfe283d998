import type { Bars } from "./bars.ts";
import { commissionOf, slip } from "./costs.ts";
import type { FillRows, TradeRows } from "./fact-columns.ts";
import type { Fill } from "./facts.ts";
import { Journal } from "./journal.ts";
import type { JsonValue } from "./json.ts";
import { type Booking, Ledger, type OpenTrade, type SavedLedger } from "./ledger.ts";
import { add, type Fixed, floorToStep, multiply, subtract, toFixed, toNumber } from "./money.ts";
import type { Order, RejectionReason, Side } from "./orders.ts";
import type { Settings } from "./settings.ts";
import { sizedQuantity } from "./sizing.ts";
import type { SavedTradeFigures, TradeFigures } from "./trade-statistics.ts";

/** The one instrument of a lane, until several share an account. */
const instrument = 0;

/** The ledger of one lane with what is derived from its fills: facts, running figures, and the float64 marks that the hot loop reads. */
export class Account {
  readonly #settings: Settings;
  #ledger: Ledger;
  #journal: Journal;
  #held: Fixed = 0;
  readonly #constantSize: Fixed | null;
  readonly #fill = blankFill();

  /** Cash and signed units held. */
  cash: number;
  units = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
    const { sizing, quantity } = settings;
    this.#constantSize = sizing.kind === "units" ? floorToStep(sizing.units, quantity.lot) : null;
    this.#journal = new Journal(settings.facts);
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
    return this.#journal.figures;
  }
  get openTrades(): readonly OpenTrade[] {
    return this.#ledger.openTrades(instrument);
  }

  /** A quantity of a strategy's own as a multiple of the lot; 0 when it is not a number above zero. */
  unitsOf(quantity: number): Fixed {
    return Number.isFinite(quantity) && quantity > 0 ? floorToStep(toFixed(quantity), this.#settings.quantity.lot) : 0;
  }

  /** The quantity that the spec's sizing gives at this price; 0 where it depends on the price and the strategy asked for none that can be. */
  sizedAt(price: number): Fixed {
    if (this.#constantSize !== null) return this.#constantSize;
    if (!(price > 0 && price < Infinity)) return 0;
    const { sizing, commission, quantity } = this.#settings;
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
    const available =
      side === "sell" ? add(this.#ledger.available(), closeValue) : subtract(this.#ledger.cash, closeValue);
    return add(subtract(value, closeValue), fee) > available ? "insufficient_funds" : null;
  }

  fee(value: Fixed, quantity: Fixed): Fixed {
    return commissionOf(this.#settings.commission, value, quantity);
  }

  /** Fills the order at `rawPrice`, before slippage, in bar `i`; returns why not when it cannot be filled. */
  execute(order: Order, rawPrice: number, bars: Bars, i: number, how: Booking): RejectionReason | null {
    const slips = order.type === "market" || order.type === "stop";
    const price = slips ? slip(rawPrice, order.side, this.#settings.slippageBps) : rawPrice;
    const quantity = order.reduceOnly ? this.#closedBy(order) : (order.quantity ?? this.sizedAt(price));
    const value = multiply(quantity, price);
    const fee = this.fee(value, quantity);
    if (!order.reduceOnly) {
      const reason = this.refusal(order.side, quantity, price, value, fee);
      if (reason !== null) return reason;
    }
    const fill = this.#fill;
    fill.bar = bars.startBar + i;
    fill.timeMs = bars.openTimeMs[i] as number;
    fill.orderId = order.orderId;
    fill.type = order.type;
    fill.submittedBar = order.submittedBar;
    fill.side = order.side;
    fill.quantity = quantity;
    fill.price = price;
    fill.value = value;
    fill.fee = fee;
    fill.tag = order.tag;
    this.#ledger.apply(fill, order.tradeId, how, this.#journal);
    this.#journal.addFill(fill);
    this.#mark();
    return null;
  }

  #closedBy(order: Order): Fixed {
    const closable = this.closable(order);
    return order.quantity !== null && order.quantity < closable ? order.quantity : closable;
  }

  /** Lets the open trades see the prices of the bars at positions [from, to). */
  seeRange(bars: Bars, from: number, to: number): void {
    for (const trade of this.#ledger.openTrades(instrument)) seePrices(trade, bars, from, to);
  }

  /** The fills and trades since the last call. */
  takeFacts(): { fills: FillRows; trades: TradeRows } {
    return this.#journal.takeFacts();
  }

  save(): SavedAccount {
    return { ledger: this.#ledger.save(), figures: this.#journal.save() };
  }

  restore(saved: SavedAccount): void {
    this.#ledger = Ledger.restore(saved.ledger as unknown as SavedLedger);
    this.#journal = new Journal(this.#settings.facts, saved.figures);
    this.#mark();
  }

  #mark(): void {
    this.#held = this.#ledger.quantityOf(instrument);
    this.cash = toNumber(this.#ledger.cash);
    this.units = toNumber(this.#held);
  }
}

export type SavedAccount = { readonly ledger: JsonValue; readonly figures: SavedTradeFigures };

/**
 * The one fill of an account, written anew for each order: in a fresh object each fractional number would be an allocation of its own, and garbage after
 * the journal has packed it.
 */
function blankFill(): { -readonly [Field in keyof Fill]: Fill[Field] } {
  return {
    bar: 0,
    timeMs: 0,
    orderId: 0,
    type: "market",
    submittedBar: 0,
    instrument,
    side: "buy",
    quantity: 0,
    price: 0,
    value: 0,
    fee: 0,
    tag: null,
  };
}

function seePrices(trade: OpenTrade, bars: Bars, from: number, to: number): void {
  const { high, low, close, startBar } = bars;
  let { highest, lowest } = trade;
  let first = from;
  if (trade.rangeFromBar > startBar + from) {
    const price = close[from] as number;
    if (price > highest) highest = price;
    if (price < lowest) lowest = price;
    first = from + 1;
  }
  // From the end, where prices have moved away from the entry, so that few of the bars before set an extreme: measured faster than forwards.
  for (let k = to - 1; k >= first; k--) {
    const h = high[k] as number;
    const l = low[k] as number;
    if (h > highest) highest = h;
    if (l < lowest) lowest = l;
  }
  trade.highest = highest;
  trade.lowest = lowest;
}

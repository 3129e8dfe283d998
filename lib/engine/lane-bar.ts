import type { Bars } from "./bars.ts";
import type { Broker } from "./broker.ts";
import type { ColumnView } from "./column-set.ts";
import { toNumber } from "./money.ts";
import type { Order, OrderId, Submission } from "./orders.ts";
import type { RandomGenerator } from "./random.ts";
import { type BarContext, type CloseRequest, type OpenTradeView, type OrderRequest, viewTrade } from "./strategy.ts";

/** What one lane's strategy sees: the current bar of the current chunk, and the lane's broker behind it. */
export class LaneBar implements BarContext {
  readonly params: unknown;
  state: unknown;
  readonly columns: { readonly [name: string]: ColumnView };
  readonly #broker: Broker;
  readonly #random: RandomGenerator;
  readonly #firstBar: number;
  #bars: Bars;
  #i = 0;

  constructor(parts: LaneBarParts) {
    this.params = parts.params;
    this.state = parts.state;
    this.columns = parts.columns;
    this.#broker = parts.broker;
    this.#random = parts.random;
    this.#firstBar = parts.firstBar;
    this.#bars = noBars;
  }

  /** Points at position `i` of these bars. */
  moveTo(bars: Bars, i: number): void {
    this.#bars = bars;
    this.#i = i;
  }

  get index(): number {
    return this.#bars.startBar + this.#i;
  }
  get barsDone(): number {
    return this.index - this.#firstBar;
  }
  get timeMs(): number {
    return this.#bars.openTimeMs[this.#i] as number;
  }
  get open(): number {
    return this.#bars.open[this.#i] as number;
  }
  get high(): number {
    return this.#bars.high[this.#i] as number;
  }
  get low(): number {
    return this.#bars.low[this.#i] as number;
  }
  get close(): number {
    return this.#bars.close[this.#i] as number;
  }
  get volume(): number {
    return this.#bars.volume[this.#i] as number;
  }
  get position(): number {
    return this.#broker.account.units;
  }
  get trades(): readonly OpenTradeView[] {
    return this.#broker.account.openTrades.map((trade) => viewTrade(trade, toNumber(trade.quantity)));
  }
  get orders(): readonly Order[] {
    return [...this.#broker.orders];
  }
  get cash(): number {
    return this.#broker.account.cash;
  }
  get equity(): number {
    return this.#broker.account.cash + this.#broker.account.units * this.close;
  }
  get lastSignalTimeMs(): number | null {
    return this.#broker.lastSignalTimeMs;
  }

  buy(request: OrderRequest = asSized): Submission {
    return this.#broker.submit("buy", request, this.#bars, this.#i);
  }
  sell(request: OrderRequest = asSized): Submission {
    return this.#broker.submit("sell", request, this.#bars, this.#i);
  }
  closePosition(request: CloseRequest = asSized): Submission {
    return this.#broker.submitClose(request, this.#bars, this.#i);
  }
  cancel(orderId: OrderId): boolean {
    return this.#broker.cancel(orderId, this.#bars, this.#i);
  }
  cancelAll(): void {
    this.#broker.cancelAll(this.#bars, this.#i);
  }
  random(): number {
    return this.#random.next();
  }
}

export type LaneBarParts = {
  readonly params: unknown;
  readonly state: unknown;
  readonly columns: { readonly [name: string]: ColumnView };
  readonly broker: Broker;
  readonly random: RandomGenerator;
  readonly firstBar: number;
};

/** What is asked for where nothing is said; one object for all such calls. */
const asSized: CloseRequest = {};

const empty = new Float64Array(0);
const noBars: Bars = {
  startBar: 0,
  openTimeMs: empty,
  open: empty,
  high: empty,
  low: empty,
  close: empty,
  volume: empty,
};

import type { FactRows } from "./fact-columns.ts";
import type { Fixed } from "./money.ts";
import type { OrderEvent, OrderId, OrderType, Side } from "./orders.ts";

/** One execution. `value` = quantity × price, rounded once; quantity, value and fee are not negative. */
export type Fill = {
  readonly bar: number;
  readonly timeMs: number;
  readonly orderId: OrderId;
  readonly type: OrderType;
  /** The bar at whose close the order was submitted. */
  readonly submittedBar: number;
  readonly instrument: number;
  readonly side: Side;
  readonly quantity: Fixed;
  readonly price: number;
  readonly value: Fixed;
  readonly fee: Fixed;
  readonly tag: string | null;
};

/** Why a trade was closed: an order of the strategy, or the forced close at the end of the data. */
export type ExitReason = "order" | "end-of-data";

/**
 * A closed trade or closed part of one (parts share `tradeId`). `grossProfit` is the difference of the exit's and the entry's values,
 * `fees` both commissions, `netProfit` = grossProfit - fees; `returnFraction` = netProfit / entry value. `maxAdverse` (not above 0) and
 * `maxFavorable` (not below 0) are the worst and best profit before fees at any price seen between entry and exit.
 */
export type Trade = {
  readonly tradeId: number;
  readonly instrument: number;
  readonly side: "long" | "short";
  readonly quantity: Fixed;
  readonly entryBar: number;
  readonly entryTimeMs: number;
  readonly entryPrice: number;
  readonly exitBar: number;
  readonly exitTimeMs: number;
  readonly exitPrice: number;
  readonly grossProfit: Fixed;
  readonly fees: Fixed;
  readonly netProfit: Fixed;
  readonly returnFraction: number;
  readonly maxAdverse: number;
  readonly maxFavorable: number;
  readonly entryTag: string | null;
  readonly exitTag: string | null;
  readonly exitReason: ExitReason;
};

/**
 * What the bars [startBar, endBar) added, one array per lane. `equity` holds the equity after the close of every n-th bar (n = `equityEvery`, counted
 * from the first bar of the run), before a decision taken at that close.
 */
export type Facts = {
  readonly startBar: number;
  readonly endBar: number;
  readonly lanes: readonly LaneFacts[];
};

export type LaneFacts = {
  readonly fills: FactRows<Fill>;
  readonly trades: FactRows<Trade>;
  readonly orders: FactRows<OrderEvent>;
  readonly equity: readonly Float64Array[];
};

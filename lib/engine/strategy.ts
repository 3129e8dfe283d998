import type { z } from "zod";
import type { ColumnView } from "./column-set.ts";
import type { Column } from "./columns.ts";
import type { JsonValue } from "./json.ts";
import type { OpenTrade } from "./ledger.ts";
import type { Order, OrderId, Submission } from "./orders.ts";

/** How an order is asked for. Without `quantity` the spec's sizing decides; with `limit`, `stop` or both it is a limit, stop or stop-limit order. */
export type OrderRequest = {
  readonly quantity?: number;
  readonly limit?: number;
  readonly stop?: number;
  /** A name of the strategy's own; not digits only; without it the lane numbers its orders 1, 2, 3, … */
  readonly id?: string;
  /** Free text that appears with the order's fills and trades. */
  readonly tag?: string;
};

/** How a close is asked for: the whole position, or `quantity` units of it, or of the open trade with number `trade`. */
export type CloseRequest = OrderRequest & { readonly trade?: number };

/**
 * What a strategy sees at the close of a bar, and the orders it may place. One object per lane, valid only during `onBar`.
 * Prices and amounts are float64 here; the ledger behind them is exact.
 */
export interface BarContext<P = unknown, C extends string = string, S = unknown> {
  readonly params: P;
  /** The strategy's own state: any JSON value (numbers may be NaN or infinite); it is part of the checkpoint. */
  state: S;
  readonly columns: { readonly [name in C]: ColumnView };
  /** Absolute number of the bar in its snapshot, and how many bars of this run came before it. */
  readonly index: number;
  readonly barsDone: number;
  readonly timeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Signed units held. */
  readonly position: number;
  readonly trades: readonly OpenTradeView[];
  readonly orders: readonly Order[];
  readonly cash: number;
  readonly equity: number;
  /** Open time of the last bar at which this lane submitted an order; null before the first. */
  readonly lastSignalTimeMs: number | null;
  /** Places an order to buy or sell; filled from the next bar on (or at this close, where the spec asks for it). */
  buy(request?: OrderRequest): Submission;
  sell(request?: OrderRequest): Submission;
  /** Places an order that reduces the position and never turns it. */
  closePosition(request?: CloseRequest): Submission;
  /** Withdraws a waiting order; false when there is none with this id. */
  cancel(orderId: OrderId): boolean;
  cancelAll(): void;
  /** The next number of the lane's seeded generator, uniform in [0, 1). */
  random(): number;
}

/** An open trade as a strategy sees it; quantity in units. */
export type OpenTradeView = {
  readonly tradeId: number;
  readonly side: "long" | "short";
  readonly quantity: number;
  readonly entryBar: number;
  readonly entryTimeMs: number;
  readonly entryPrice: number;
  readonly tag: string | null;
};

export function viewTrade(trade: OpenTrade, quantity: number): OpenTradeView {
  return {
    tradeId: trade.tradeId,
    side: trade.direction === 1 ? "long" : "short",
    quantity,
    entryBar: trade.entryBar,
    entryTimeMs: trade.entryTimeMs,
    entryPrice: trade.entryPrice,
    tag: trade.tag,
  };
}

/**
 * A strategy: parameters with their schema, the columns it reads, and what it does at a bar's close. It is pure: everything it remembers is in
 * `state`, and its only effects are orders.
 */
export type StrategyDefinition<Schema extends z.ZodObject, C extends string, S> = {
  readonly name: string;
  readonly description?: string;
  readonly params: Schema;
  readonly columns?: (params: z.output<Schema>) => { readonly [name in C]: Column };
  /**
   * Ask the strategy only at bars where one of these columns is not zero. The others must be bars at which it would do nothing: the
   * engine then passes over them as fast as it can read.
   */
  readonly wakeOn?: readonly string[];
  /** How many earlier values `ago` reaches; 1 unless stated. */
  readonly lookback?: number;
  readonly initialState?: (params: z.output<Schema>) => S;
  /** What it has to say beside orders when the run ends, from its columns at the last bar and its state: JSON, part of the result. */
  readonly report?: (last: { readonly [name in C]: number }, state: S) => { readonly [name: string]: JsonValue };
  /** Called at the close of every bar at which every column is defined. */
  readonly onBar: (bar: BarContext<z.output<Schema>, C, S>) => void;
};

/** A strategy whose types are closed: what the engine runs. */
export type Strategy = {
  readonly name: string;
  readonly description: string;
  readonly params: z.ZodObject;
  columns(params: unknown): { readonly [name: string]: Column };
  readonly wakeOn: readonly string[];
  readonly lookback: number;
  initialState(params: unknown): unknown;
  readonly report?: (
    last: { readonly [name: string]: number },
    state: unknown,
  ) => { readonly [name: string]: JsonValue };
  onBar(bar: BarContext): void;
};

/** Makes a strategy of its definition. Column names, parameters and state are typed by what the definition says. */
export function defineStrategy<Schema extends z.ZodObject, C extends string = never, S = null>(
  definition: StrategyDefinition<Schema, C, S>,
): Strategy {
  const { report } = definition;
  return {
    name: definition.name,
    description: definition.description ?? "",
    params: definition.params,
    columns: (params) => definition.columns?.(params as z.output<Schema>) ?? {},
    wakeOn: definition.wakeOn ?? [],
    lookback: definition.lookback ?? 1,
    initialState: (params) => definition.initialState?.(params as z.output<Schema>) ?? null,
    ...(report === undefined
      ? {}
      : { report: (last, state) => report(last as { readonly [name in C]: number }, state as S) }),
    onBar: (bar) => definition.onBar(bar as unknown as BarContext<z.output<Schema>, C, S>),
  };
}

import type { Fixed } from "./money.ts";

export type Side = "buy" | "sell";
export type OrderType = "market" | "limit" | "stop" | "stop-limit";

/** The lane's own number of an order, or the name that the strategy gave it. */
export type OrderId = number | string;

/**
 * An order that waits. `quantity` is null where it is sized at the fill (an entry without a quantity: by the spec's sizing; a close: the whole position
 * or trade). `reduceOnly` orders never open or turn a position.
 */
export type Order = {
  readonly orderId: OrderId;
  readonly side: Side;
  readonly type: OrderType;
  readonly limit: number | null;
  readonly stop: number | null;
  quantity: Fixed | null;
  reduceOnly: boolean;
  /** Close this open trade instead of the oldest. */
  tradeId: number | null;
  readonly tag: string | null;
  readonly submittedBar: number;
  /** A stop-limit order whose stop was touched: from then on it is a limit order. */
  triggered: boolean;
};

/** Why an order was refused, at its submission or at its fill. */
export type RejectionReason =
  | "invalid_quantity"
  | "invalid_price"
  | "insufficient_funds"
  | "duplicate_order"
  | "pyramiding"
  | "unknown_trade"
  | "nothing_to_close";

export type OrderEventKind = "triggered" | "rejected" | "cancelled";

/**
 * One step in the life of an order: submitted (at the close of `submittedBar`) → perhaps triggered → filled (see Fill), rejected or
 * cancelled; or it still waits at the end. A filled order without a trigger leaves no event: its fill names the bar of its submission.
 */
export type OrderEvent = {
  readonly bar: number;
  readonly timeMs: number;
  readonly orderId: OrderId;
  readonly submittedBar: number;
  readonly event: OrderEventKind;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: Fixed | null;
  readonly limit: number | null;
  readonly stop: number | null;
  readonly reason: RejectionReason | null;
  readonly tag: string | null;
};

/** What a strategy's buy, sell or close answers at once. */
export type Submission =
  | { readonly kind: "accepted"; readonly orderId: OrderId }
  | { readonly kind: "rejected"; readonly orderId: OrderId; readonly reason: RejectionReason };

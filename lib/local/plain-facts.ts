import type { Fill, Trade } from "../engine/facts.ts";
import { type Fixed, toNumber } from "../engine/money.ts";
import type { OrderEvent } from "../engine/orders.ts";

/** A fact with its amounts and quantities as float64 instead of fixed point, for use in code. */
export type Plain<Fact> = {
  readonly [name in keyof Fact]: Fixed extends Fact[name]
    ? null extends Fact[name]
      ? number | null
      : number
    : Fact[name];
};
export type FillFact = Plain<Fill>;
export type TradeFact = Plain<Trade>;
export type OrderFact = Plain<OrderEvent>;

export function plainFill(fill: Fill): FillFact {
  return { ...fill, quantity: toNumber(fill.quantity), value: toNumber(fill.value), fee: toNumber(fill.fee) };
}

export function plainTrade(trade: Trade): TradeFact {
  return {
    ...trade,
    quantity: toNumber(trade.quantity),
    grossProfit: toNumber(trade.grossProfit),
    fees: toNumber(trade.fees),
    netProfit: toNumber(trade.netProfit),
  };
}

export function plainOrder(order: OrderEvent): OrderFact {
  return { ...order, quantity: order.quantity === null ? null : toNumber(order.quantity) };
}

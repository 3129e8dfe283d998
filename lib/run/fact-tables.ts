import type { Fill, Trade } from "../engine/facts.ts";
import type { Fixed } from "../engine/money.ts";
import type { OrderEvent } from "../engine/orders.ts";

/** The kinds of facts that are rows; equity is a column of numbers. */
export type RowKind = "fills" | "trades" | "orders";

/**
 * How a field of a fact is stored: a float64 (null as NaN), a fixed-point number (exact decimal; null where it may be), a text, or
 * an order's id (a number or a name).
 */
export type FieldType = "number" | "fixed" | "text" | "id";
export type Field = { readonly name: string; readonly type: FieldType };
export type FieldValue = number | string | Fixed | null;

/** The fields of each kind in the order in which they are stored, hashed and exported. */
export const factFields: { readonly [kind in RowKind]: readonly Field[] } = {
  fills: fields<Fill>({
    bar: "number",
    timeMs: "number",
    orderId: "id",
    type: "text",
    submittedBar: "number",
    instrument: "number",
    side: "text",
    quantity: "fixed",
    price: "number",
    value: "fixed",
    fee: "fixed",
    tag: "text",
  }),
  trades: fields<Trade>({
    tradeId: "number",
    instrument: "number",
    side: "text",
    quantity: "fixed",
    entryBar: "number",
    entryTimeMs: "number",
    entryPrice: "number",
    exitBar: "number",
    exitTimeMs: "number",
    exitPrice: "number",
    grossProfit: "fixed",
    fees: "fixed",
    netProfit: "fixed",
    returnFraction: "number",
    maxAdverse: "number",
    maxFavorable: "number",
    entryTag: "text",
    exitTag: "text",
    exitReason: "text",
  }),
  orders: fields<OrderEvent>({
    bar: "number",
    timeMs: "number",
    orderId: "id",
    submittedBar: "number",
    event: "text",
    side: "text",
    type: "text",
    quantity: "fixed",
    limit: "number",
    stop: "number",
    reason: "text",
    tag: "text",
  }),
};

/** The compiler checks that no field of the fact is forgotten. */
function fields<Row>(types: { readonly [name in keyof Row]-?: FieldType }): readonly Field[] {
  return Object.entries<FieldType>(types).map(([name, type]) => ({ name, type }));
}

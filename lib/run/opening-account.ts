import { z } from "zod";
import type { OpeningAccount } from "../engine/opening-account.ts";

const decimal = z.string().regex(/^-?\d+(\.\d{1,8})?$/, {
  message: 'expected a decimal number with at most 8 decimals, as text: "104250.5"',
});
const positive = decimal.refine((text) => Number(text) > 0, { message: "expected a decimal number above 0, as text" });
const price = z.number().positive();
const bar = z.int().min(0);
const tag = z.string().nullable();

const trade = z.strictObject({
  tradeId: z.int().min(1),
  direction: z.union([z.literal(1), z.literal(-1)]),
  quantity: positive,
  entryBar: bar,
  entryTimeMs: z.int(),
  entryPrice: z.number(),
  entryValue: decimal,
  entryFee: decimal,
  rangeFromBar: bar,
  highest: z.number(),
  lowest: z.number(),
  tag,
});

const order = z.strictObject({
  orderId: z.union([z.int().min(1), z.string().min(1)]),
  side: z.enum(["buy", "sell"]),
  type: z.enum(["market", "limit", "stop", "stop-limit"]),
  limit: price.nullable(),
  stop: price.nullable(),
  quantity: positive.nullable(),
  reduceOnly: z.boolean(),
  tradeId: z.int().min(1).nullable(),
  tag,
  submittedBar: bar,
  triggered: z.boolean(),
});

/** What a spec says of an account that does not begin with cash alone. */
export const openingAccountSchema: z.ZodType<OpeningAccount, OpeningAccount> = z
  .strictObject({
    cash: decimal,
    nextTradeId: z.int().min(1),
    trades: z.array(trade),
    orders: z.array(order),
    nextOrder: z.int().min(1),
    ownIds: z.array(z.string()),
    lastSignalTimeMs: z.int().nullable(),
  })
  .superRefine(({ trades }, context) => {
    const other = trades.findIndex(({ direction }) => direction !== trades[0]?.direction);
    if (other < 0) return;
    const message = `expected the direction of the trades before it, ${trades[0]?.direction}`;
    context.addIssue({ code: "custom", path: ["trades", other, "direction"], message });
  })
  .refine(({ trades, nextTradeId }) => trades.every(({ tradeId }) => tradeId < nextTradeId), {
    path: ["nextTradeId"],
    message: "expected a number above those of the trades",
  });

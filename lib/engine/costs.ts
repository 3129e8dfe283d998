import { add, type Fixed, multiply } from "./money.ts";
import type { Commission } from "./settings.ts";

/** The commission of a fill of `quantity` units worth `value`, both positive. */
export function commissionOf(commission: Commission, value: Fixed, quantity: Fixed): Fixed {
  let fee = commission.fixed;
  if (commission.rate !== 0) fee = add(fee, multiply(value, commission.rate));
  if (commission.perUnit !== 0) fee = add(fee, multiply(quantity, commission.perUnit));
  if (fee < commission.minimum) fee = commission.minimum;
  if (commission.maximum !== null && fee > commission.maximum) fee = commission.maximum;
  return fee;
}

/** The price after slippage: higher for a buy, lower for a sell. */
export function slip(price: number, side: "buy" | "sell", slippageBps: number): number {
  if (slippageBps === 0) return price;
  const move = (price * slippageBps) / 10_000;
  return side === "buy" ? price + move : price - move;
}

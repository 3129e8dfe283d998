import { z } from "zod";
import { defineStrategy } from "../engine/strategy.ts";

/** Buys at the first bar and keeps; asks again at the next bar while the order was refused. */
export const buyAndHold = defineStrategy({
  name: "buy-and-hold",
  description: "Buys once, as much as the sizing says, and holds to the end.",
  params: z.strictObject({}),
  onBar(bar) {
    if (bar.position === 0 && bar.orders.length === 0) bar.buy();
  },
});

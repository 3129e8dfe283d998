import { z } from "zod";
import { defineStrategy } from "../../lib/engine/strategy.ts";

/** Buys at 10 or below, sells at `sell` or above. */
export default defineStrategy({
  name: "price-levels",
  params: z.strictObject({ sell: z.number() }),
  onBar(bar) {
    if (bar.position === 0 && bar.close <= 10) bar.buy();
    if (bar.position > 0 && bar.close >= bar.params.sell) bar.closePosition();
  },
});

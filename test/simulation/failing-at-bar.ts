/** A strategy with a mistake: it throws at one bar. */
import { z } from "zod";
import { defineStrategy } from "../../lib/engine/strategy.ts";

const params = z.strictObject({ failAt: z.int() });

export default defineStrategy<typeof params, never, null>({
  name: "failing-at-bar",
  params,
  onBar(bar) {
    if (bar.index === bar.params.failAt) throw new Error("divided by the spread");
    if (bar.index % 3 === 0) bar.buy();
    else bar.closePosition();
  },
});

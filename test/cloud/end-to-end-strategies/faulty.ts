import { defineStrategy, z } from "backstitch";

/** Has a mistake that shows at one bar. */
export default defineStrategy({
  name: "faulty",
  params: z.strictObject({ failAt: z.int() }),
  onBar(bar) {
    if (bar.index === bar.params.failAt) throw new Error("divided by the spread");
    if (bar.index % 3 === 0) bar.buy();
    else bar.closePosition();
  },
});

import { z } from "zod";
import { defineStrategy } from "../engine/strategy.ts";
import { close } from "../indicators/bar-columns.ts";
import { rsi } from "../indicators/rsi.ts";
import { sides } from "./sides.ts";

/** Buys when the RSI is below `lower` and leaves when it is above `exit`; sells short when it is above `upper` and leaves when it is below `exit`. */
export const rsiReversion = defineStrategy({
  name: "rsi-reversion",
  description: "Relative strength index reversion: buys the oversold, sells the overbought.",
  params: z
    .strictObject({
      length: z.int().min(2).default(14).describe("Bars of the RSI (Wilder)."),
      lower: z.number().min(0).max(100).default(30).describe("Oversold below this."),
      upper: z.number().min(0).max(100).default(70).describe("Overbought above this."),
      exit: z.number().min(0).max(100).default(50).describe("Leave when the RSI is back beyond this."),
      side: sides.default("long"),
    })
    .refine((params) => params.lower < params.upper, { message: "expected lower below upper", path: ["lower"] }),
  columns: ({ length }) => ({ rsi: rsi(close, length) }),
  onBar(bar) {
    const { lower, upper, exit, side } = bar.params;
    const now = bar.columns.rsi.now;
    if (bar.position > 0 && now > exit) bar.closePosition();
    if (bar.position < 0 && now < exit) bar.closePosition();
    if (bar.position !== 0 || bar.orders.length > 0) return;
    if (now < lower && side !== "short") bar.buy();
    if (now > upper && side !== "long") bar.sell();
  },
});

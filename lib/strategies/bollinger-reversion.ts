import { z } from "zod";
import { defineStrategy } from "../engine/strategy.ts";
import { close } from "../indicators/bar-columns.ts";
import { bollinger } from "../indicators/bollinger.ts";
import { sides } from "./sides.ts";

/** Buys a close below the lower band and sells short a close above the upper one; leaves when the close is back beyond the middle. */
export const bollingerReversion = defineStrategy({
  name: "bollinger-reversion",
  description: "Bollinger band reversion: enters outside a band, leaves at the middle.",
  params: z.strictObject({
    length: z.int().min(2).default(20).describe("Bars of the bands' average and deviation."),
    deviations: z.number().positive().default(2).describe("Width of the bands in population standard deviations."),
    side: sides.default("long"),
  }),
  columns: ({ length, deviations }) => bollinger(close, length, deviations),
  onBar(bar) {
    const { upper, middle, lower } = bar.columns;
    if (bar.position > 0 && bar.close > middle.now) bar.closePosition();
    if (bar.position < 0 && bar.close < middle.now) bar.closePosition();
    if (bar.position !== 0 || bar.orders.length > 0) return;
    if (bar.close < lower.now && bar.params.side !== "short") bar.buy();
    if (bar.close > upper.now && bar.params.side !== "long") bar.sell();
  },
});

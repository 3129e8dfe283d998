import { z } from "zod";
import { defineStrategy } from "../engine/strategy.ts";
import { donchian } from "../indicators/donchian.ts";
import { sides } from "./sides.ts";

/** Enters when the close leaves the channel of the `entry` bars before it, leaves when it falls through the channel of the `exit` bars before it. */
export const donchianBreakout = defineStrategy({
  name: "donchian-breakout",
  description: "Donchian channel breakout with a shorter channel for the exit (turtle rules).",
  params: z.strictObject({
    entry: z.int().min(1).default(20).describe("Bars of the entry channel."),
    exit: z.int().min(1).default(10).describe("Bars of the exit channel."),
    side: sides.default("long"),
  }),
  columns: ({ entry, exit }) => {
    const outer = donchian(entry);
    const inner = donchian(exit);
    return { entryHigh: outer.upper, entryLow: outer.lower, exitHigh: inner.upper, exitLow: inner.lower };
  },
  onBar(bar) {
    const { entryHigh, entryLow, exitHigh, exitLow } = bar.columns;
    if (bar.position > 0 && bar.close < exitLow.previous) bar.closePosition();
    if (bar.position < 0 && bar.close > exitHigh.previous) bar.closePosition();
    if (bar.position !== 0 || bar.orders.length > 0) return;
    if (bar.close > entryHigh.previous && bar.params.side !== "short") bar.buy();
    if (bar.close < entryLow.previous && bar.params.side !== "long") bar.sell();
  },
});

import { z } from "zod";
import { defineStrategy } from "../engine/strategy.ts";
import { close } from "../indicators/bar-columns.ts";
import { cross } from "../indicators/cross.ts";
import { sma } from "../indicators/sma.ts";
import { sides } from "./sides.ts";
import { turnWith } from "./turn-with.ts";

/**
 * Buys when the fast moving average crosses above the slow one and sells when it crosses below, both strictly. With `side: both` it is always
 * in the market after the first cross: a cross closes the position and opens the opposite one.
 */
export const smaCross = defineStrategy({
  name: "sma-cross",
  description: "Moving-average crossover: long above, flat (or short) below.",
  params: z
    .strictObject({
      fast: z.int().min(1).default(10).describe("Bars in the fast average."),
      slow: z.int().min(2).default(30).describe("Bars in the slow average."),
      side: sides.default("long"),
    })
    .refine((params) => params.fast < params.slow, { message: "expected fast below slow", path: ["fast"] }),
  columns: ({ fast, slow }) => ({ signal: cross(sma(close, fast), sma(close, slow)) }),
  wakeOn: ["signal"],
  onBar: (bar) => turnWith(bar, bar.columns.signal.now > 0),
});

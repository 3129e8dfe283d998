import { z } from "zod";
import { defineStrategy } from "../engine/strategy.ts";
import { close } from "../indicators/bar-columns.ts";
import { cross } from "../indicators/cross.ts";
import { macd } from "../indicators/macd.ts";
import { sides } from "./sides.ts";
import { turnWith } from "./turn-with.ts";

/** Buys when the MACD line crosses above its signal line and leaves (or turns short) when it crosses below, both strictly. */
export const macdCross = defineStrategy({
  name: "macd-cross",
  description: "MACD line against its signal line: long above, flat (or short) below.",
  params: z
    .strictObject({
      fast: z.int().min(1).default(12).describe("Bars of the fast exponential average."),
      slow: z.int().min(2).default(26).describe("Bars of the slow exponential average."),
      signal: z.int().min(1).default(9).describe("Bars of the signal line's exponential average."),
      side: sides.default("long"),
    })
    .refine((params) => params.fast < params.slow, { message: "expected fast below slow", path: ["fast"] }),
  columns: ({ fast, slow, signal }) => {
    const lines = macd(close, fast, slow, signal);
    return { cross: cross(lines.line, lines.signal) };
  },
  wakeOn: ["cross"],
  onBar: (bar) => turnWith(bar, bar.columns.cross.now > 0),
});

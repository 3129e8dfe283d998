import { z } from "zod";
import { aroon } from "../../indicators/aroon.ts";
import { recursiveAdx } from "../../indicators/directional-movement.ts";
import { parabolicSar } from "../../indicators/parabolic-sar.ts";
import { sma } from "../../indicators/sma.ts";
import { supertrend } from "../../indicators/supertrend.ts";
import { trueRange } from "../../indicators/true-range.ts";
import { zigzag } from "../../indicators/zigzag.ts";
import { bars, type IndicatorEntry, indicator, positive, source, sourceColumn } from "./entry.ts";

/** Trend and range. The average true range is a simple mean here, and the averages of adx begin with the first bar. */
export const trendIndicators: { readonly [type: string]: IndicatorEntry } = {
  atr: indicator({
    params: z.strictObject({ period: bars(14) }),
    build: ({ period }) => ({ value: sma(trueRange, period) }),
  }),
  adx: indicator({
    params: z.strictObject({ period: bars(14) }),
    build: ({ period }) => {
      const { adx, plusDi, minusDi } = recursiveAdx(period);
      return { adx, plus_di: plusDi, minus_di: minusDi };
    },
  }),
  aroon: indicator({
    params: z.strictObject({ period: bars(14), include_oscillator: z.boolean().default(false) }),
    build: ({ period }) => ({ ...aroon(period) }),
  }),
  supertrend: indicator({
    params: z.strictObject({ period: bars(10), multiplier: positive(3) }),
    build: ({ period, multiplier }) => ({ ...supertrend(period, multiplier) }),
  }),
  parabolic_sar: indicator({
    aliases: ["psar", "sar"],
    params: z.strictObject({ step_af: positive(0.02), max_af: positive(0.2) }),
    build: ({ step_af, max_af }) => ({ ...parabolicSar(step_af, max_af) }),
  }),
  zigzag: indicator({
    params: z.strictObject({ threshold: positive(0.05), source }),
    build: ({ threshold, source }) => ({ ...zigzag(sourceColumn(source), threshold) }),
  }),
};

import { z } from "zod";
import { adjustedEma } from "../../indicators/adjusted-ema.ts";
import { distanceFromAverage } from "../../indicators/distance-from-average.ts";
import { ema } from "../../indicators/ema.ts";
import { settled } from "../../indicators/settled.ts";
import { sma } from "../../indicators/sma.ts";
import { wma } from "../../indicators/wma.ts";
import { bars, type IndicatorEntry, indicator, source, sourceColumn } from "./entry.ts";

const params = z.strictObject({ period: bars(20), source });

/** Moving averages and the distance from one. An EMA is missing at its first period − 1 bars, though its recursion begins with the first. */
export const averageIndicators: { readonly [type: string]: IndicatorEntry } = {
  sma: indicator({
    aliases: ["simple_moving_average"],
    params,
    build: ({ period, source }) => ({ value: sma(sourceColumn(source), period) }),
  }),
  ema: indicator({
    aliases: ["exponential_moving_average"],
    params: params.extend({ adjust: z.boolean().default(true) }),
    build: ({ period, source, adjust }) => {
      const input = sourceColumn(source);
      return { value: settled(adjust ? adjustedEma(input, period) : ema(input, period, "first"), period - 1) };
    },
  }),
  wma: indicator({
    aliases: ["weighted_moving_average"],
    params,
    build: ({ period, source }) => ({ value: wma(sourceColumn(source), period) }),
  }),
  distance_from_ma: indicator({
    params: params.extend({ ma_type: z.enum(["SMA", "EMA", "sma", "ema"]).default("SMA") }),
    build: ({ period, source, ma_type }) => {
      const input = sourceColumn(source);
      const isSimple = ma_type.toLowerCase() === "sma";
      const average = isSimple ? sma(input, period) : settled(adjustedEma(input, period), period - 1);
      return { value: distanceFromAverage(input, average) };
    },
  }),
};

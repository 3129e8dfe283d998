import { z } from "zod";
import { plus } from "../../indicators/arithmetic.ts";
import { bollingerWidth } from "../../indicators/bollinger-width.ts";
import { donchian } from "../../indicators/donchian.ts";
import { ichimoku } from "../../indicators/ichimoku.ts";
import { keltner } from "../../indicators/keltner.ts";
import { sma } from "../../indicators/sma.ts";
import { standardDeviation } from "../../indicators/standard-deviation.ts";
import { bars, type IndicatorEntry, indicator, positive, source, sourceColumn } from "./entry.ts";

const bands = z.strictObject({ period: bars(20, 2), multiplier: positive(2), source });

/** Bands and channels. The deviation of Bollinger bands is that of a sample here (pandas' std), unlike in `bollinger`, which has the population's. */
export const channelIndicators: { readonly [type: string]: IndicatorEntry } = {
  bollinger_bands: indicator({
    aliases: ["bollinger", "bbands", "bb"],
    params: bands,
    build: ({ period, multiplier, source }) => {
      const input = sourceColumn(source);
      const middle = sma(input, period);
      const deviation = standardDeviation(input, period, "sample");
      return { upper: plus(middle, deviation, multiplier), middle, lower: plus(middle, deviation, -multiplier) };
    },
  }),
  bollinger_band_width: indicator({
    aliases: ["bb_width", "bollinger_width"],
    params: bands,
    build: ({ period, multiplier, source }) => ({
      value: bollingerWidth(sourceColumn(source), period, multiplier, "sample"),
    }),
  }),
  keltner_channels: indicator({
    aliases: ["keltner"],
    params: z.strictObject({ period: bars(20), atr_period: bars(10), multiplier: positive(2) }),
    build: ({ period, atr_period, multiplier }) => {
      const { upper, middle, lower } = keltner(period, atr_period, multiplier);
      return { upper, middle, lower };
    },
  }),
  donchian_channels: indicator({
    aliases: ["donchian"],
    params: z.strictObject({ period: bars(20) }),
    build: ({ period }) => {
      const { upper, middle, lower } = donchian(period);
      return { upper, middle, lower };
    },
  }),
  ichimoku: indicator({
    params: z.strictObject({
      tenkan_period: bars(9),
      kijun_period: bars(26),
      senkou_b_period: bars(52),
      displacement: bars(26),
    }),
    build: ({ tenkan_period, kijun_period, senkou_b_period, displacement }) => {
      const lengths = { conversion: tenkan_period, base: kijun_period, spanB: senkou_b_period, displacement };
      const { conversion, base, spanA, spanB } = ichimoku(lengths);
      return { tenkan: conversion, kijun: base, senkou_a: spanA, senkou_b: spanB };
    },
  }),
};

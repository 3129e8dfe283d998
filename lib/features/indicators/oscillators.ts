import { z } from "zod";
import { cci } from "../../indicators/cci.ts";
import { fisher } from "../../indicators/fisher.ts";
import { macd } from "../../indicators/macd.ts";
import { momentum } from "../../indicators/momentum.ts";
import { roc } from "../../indicators/roc.ts";
import { rsi } from "../../indicators/rsi.ts";
import { rvi } from "../../indicators/rvi.ts";
import { sma } from "../../indicators/sma.ts";
import { stochastic } from "../../indicators/stochastic.ts";
import { williamsR } from "../../indicators/williams-r.ts";
import { bars, type IndicatorEntry, indicator, source, sourceColumn } from "./entry.ts";

/** Oscillators of price. */
export const oscillatorIndicators: { readonly [type: string]: IndicatorEntry } = {
  rsi: indicator({
    params: z.strictObject({ period: bars(14), source }),
    build: ({ period, source }) => ({ value: rsi(sourceColumn(source), period) }),
  }),
  macd: indicator({
    params: z.strictObject({
      fast: bars(12),
      slow: bars(26),
      signal: bars(9),
      fast_period: z.int().min(1).exactOptional(),
      slow_period: z.int().min(1).exactOptional(),
      signal_period: z.int().min(1).exactOptional(),
      source,
    }),
    build: (params) => {
      const { line, signal, histogram } = macd(
        sourceColumn(params.source),
        params.fast_period ?? params.fast,
        params.slow_period ?? params.slow,
        params.signal_period ?? params.signal,
      );
      return { line, signal, histogram };
    },
  }),
  stochastic: indicator({
    aliases: ["stoch"],
    params: z.strictObject({ k_period: bars(14), d_period: bars(3), smooth_k: bars(3) }),
    build: ({ k_period, d_period, smooth_k }) => ({ ...stochastic(k_period, smooth_k, d_period) }),
  }),
  cci: indicator({
    params: z.strictObject({ period: bars(20) }),
    build: ({ period }) => ({ value: cci(period) }),
  }),
  roc: indicator({
    aliases: ["rate_of_change"],
    params: z.strictObject({ period: bars(10), source }),
    build: ({ period, source }) => ({ value: roc(sourceColumn(source), period) }),
  }),
  momentum: indicator({
    params: z.strictObject({ period: bars(10), source }),
    build: ({ period, source }) => ({ value: momentum(sourceColumn(source), period) }),
  }),
  williams_r: indicator({
    params: z.strictObject({ period: bars(14) }),
    build: ({ period }) => ({ value: williamsR(period) }),
  }),
  fisher_transform: indicator({
    aliases: ["fisher"],
    params: z.strictObject({ period: bars(10) }),
    build: ({ period }) => ({ ...fisher(period) }),
  }),
  rvi: indicator({
    params: z.strictObject({ period: bars(10), signal_period: bars(4) }),
    build: ({ period, signal_period }) => {
      const line = rvi(period).rvi;
      return { rvi: line, signal: sma(line, signal_period) };
    },
  }),
};

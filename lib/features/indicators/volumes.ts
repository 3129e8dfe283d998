import { z } from "zod";
import { adline } from "../../indicators/adline.ts";
import { cmf } from "../../indicators/cmf.ts";
import { mfi } from "../../indicators/mfi.ts";
import { obv } from "../../indicators/obv.ts";
import { volumeRatio } from "../../indicators/volume-ratio.ts";
import { vwap } from "../../indicators/vwap.ts";
import { bars, type IndicatorEntry, indicator } from "./entry.ts";

/** Indicators of volume. */
export const volumeIndicators: { readonly [type: string]: IndicatorEntry } = {
  obv: indicator({ params: z.strictObject({}), build: () => ({ value: obv() }) }),
  mfi: indicator({
    params: z.strictObject({ period: bars(14) }),
    build: ({ period }) => ({ value: mfi(period) }),
  }),
  vwap: indicator({
    params: z.strictObject({ period: bars(20, 0) }),
    build: ({ period }) => ({ value: vwap(period) }),
  }),
  cmf: indicator({
    params: z.strictObject({ period: bars(20) }),
    build: ({ period }) => ({ value: cmf(period) }),
  }),
  ad_line: indicator({
    aliases: ["accumulation_distribution"],
    params: z.strictObject({}),
    build: () => ({ value: adline() }),
  }),
  volume_ratio: indicator({
    params: z.strictObject({ period: bars(20) }),
    build: ({ period }) => ({ value: volumeRatio(period) }),
  }),
};

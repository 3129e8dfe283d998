import type { KernelDefinition } from "../../lib/engine/columns.ts";
import { aboveKernel } from "../../lib/indicators/above.ts";
import { adxKernel } from "../../lib/indicators/adx.ts";
import { atrKernel } from "../../lib/indicators/atr.ts";
import { bollingerKernel } from "../../lib/indicators/bollinger.ts";
import { constantKernel } from "../../lib/indicators/constant.ts";
import { crossKernel } from "../../lib/indicators/cross.ts";
import { middleKernel } from "../../lib/indicators/donchian.ts";
import { emaKernel } from "../../lib/indicators/ema.ts";
import { highestKernel, lowestKernel } from "../../lib/indicators/highest-lowest.ts";
import { lagKernel } from "../../lib/indicators/lag.ts";
import { macdKernel } from "../../lib/indicators/macd.ts";
import { rocKernel } from "../../lib/indicators/roc.ts";
import { rsiKernel } from "../../lib/indicators/rsi.ts";
import { smaKernel } from "../../lib/indicators/sma.ts";
import { standardDeviationKernel } from "../../lib/indicators/standard-deviation.ts";
import { rangePositionKernel } from "../../lib/indicators/stochastic.ts";
import { wmaKernel } from "../../lib/indicators/wma.ts";

export type KernelCase = {
  readonly definition: KernelDefinition;
  readonly inputCount: number;
  /** Parameters made of a length; the state may hold no more than a few numbers beside it. */
  params(length: number): { readonly [name: string]: number };
};

const ofLength = (definition: KernelDefinition, inputCount = 1): KernelCase => ({
  definition,
  inputCount,
  params: (length) => ({ length }),
});
const withoutParams = (definition: KernelDefinition, inputCount: number): KernelCase => ({
  definition,
  inputCount,
  params: () => ({}),
});

/** Every kernel of lib/indicators, by a name for tests; a test checks that none is missing. */
export const everyKernel: { readonly [name: string]: KernelCase } = {
  above: withoutParams(aboveKernel, 2),
  adx: ofLength(adxKernel, 3),
  atr: ofLength(atrKernel, 3),
  bollinger: { definition: bollingerKernel, inputCount: 1, params: (length) => ({ length, deviations: 2 }) },
  constant: { definition: constantKernel, inputCount: 0, params: (length) => ({ value: length / 3 }) },
  cross: withoutParams(crossKernel, 2),
  "ema from the first value": { definition: emaKernel, inputCount: 1, params: (length) => ({ length, seed: 0 }) },
  "ema from the mean": { definition: emaKernel, inputCount: 1, params: (length) => ({ length, seed: 1 }) },
  highest: ofLength(highestKernel),
  lag: ofLength(lagKernel),
  lowest: ofLength(lowestKernel),
  macd: { definition: macdKernel, inputCount: 1, params: (length) => ({ fast: length, slow: length + 2, signal: 3 }) },
  middle: withoutParams(middleKernel, 2),
  "range-position": withoutParams(rangePositionKernel, 3),
  roc: ofLength(rocKernel),
  rsi: ofLength(rsiKernel),
  sma: ofLength(smaKernel),
  "standard deviation of a population": {
    definition: standardDeviationKernel,
    inputCount: 1,
    params: (length) => ({ length, sample: 0 }),
  },
  "standard deviation of a sample": {
    definition: standardDeviationKernel,
    inputCount: 1,
    params: (length) => ({ length: length + 1, sample: 1 }),
  },
  wma: ofLength(wmaKernel),
};

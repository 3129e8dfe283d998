import type { KernelDefinition } from "../../lib/engine/columns.ts";
import { aboveKernel } from "../../lib/indicators/above.ts";
import { adjustedEmaKernel } from "../../lib/indicators/adjusted-ema.ts";
import { flowVolumeKernel } from "../../lib/indicators/adline.ts";
import { adxKernel } from "../../lib/indicators/adx.ts";
import { plusKernel, ratioKernel, ratioOrZeroKernel, timesKernel } from "../../lib/indicators/arithmetic.ts";
import { sinceHighestKernel, sinceLowestKernel } from "../../lib/indicators/aroon.ts";
import { atrKernel } from "../../lib/indicators/atr.ts";
import { bollingerKernel } from "../../lib/indicators/bollinger.ts";
import { cciKernel } from "../../lib/indicators/cci.ts";
import { constantKernel } from "../../lib/indicators/constant.ts";
import { crossKernel } from "../../lib/indicators/cross.ts";
import { directionalIndexKernel, directionalMovementKernel } from "../../lib/indicators/directional-movement.ts";
import { middleKernel } from "../../lib/indicators/donchian.ts";
import { emaKernel } from "../../lib/indicators/ema.ts";
import { fisherKernel } from "../../lib/indicators/fisher.ts";
import { highestKernel, lowestKernel } from "../../lib/indicators/highest-lowest.ts";
import { lagKernel } from "../../lib/indicators/lag.ts";
import { macdKernel } from "../../lib/indicators/macd.ts";
import { flowIndexKernel, moneyFlowKernel } from "../../lib/indicators/mfi.ts";
import { momentumKernel } from "../../lib/indicators/momentum.ts";
import { signedVolumeKernel } from "../../lib/indicators/obv.ts";
import { parabolicSarKernel } from "../../lib/indicators/parabolic-sar.ts";
import { rocKernel } from "../../lib/indicators/roc.ts";
import { rsiKernel } from "../../lib/indicators/rsi.ts";
import { runningTotalKernel } from "../../lib/indicators/running-total.ts";
import { symmetricKernel } from "../../lib/indicators/rvi.ts";
import { settledKernel } from "../../lib/indicators/settled.ts";
import { smaKernel } from "../../lib/indicators/sma.ts";
import { standardDeviationKernel } from "../../lib/indicators/standard-deviation.ts";
import { rangePositionKernel } from "../../lib/indicators/stochastic.ts";
import { supertrendKernel } from "../../lib/indicators/supertrend.ts";
import { totalKernel } from "../../lib/indicators/total.ts";
import { trueRangeKernel } from "../../lib/indicators/true-range.ts";
import { typicalPriceKernel } from "../../lib/indicators/typical-price.ts";
import { williamsRKernel } from "../../lib/indicators/williams-r.ts";
import { wmaKernel } from "../../lib/indicators/wma.ts";
import { zigzagKernel } from "../../lib/indicators/zigzag.ts";

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
  "adjusted-ema": ofLength(adjustedEmaKernel),
  cci: ofLength(cciKernel),
  "directional-index": withoutParams(directionalIndexKernel, 2),
  "directional-movement": withoutParams(directionalMovementKernel, 2),
  fisher: withoutParams(fisherKernel, 3),
  "flow-index": withoutParams(flowIndexKernel, 2),
  "flow-volume": withoutParams(flowVolumeKernel, 4),
  momentum: ofLength(momentumKernel),
  "money-flow": withoutParams(moneyFlowKernel, 2),
  "parabolic-sar": { definition: parabolicSarKernel, inputCount: 2, params: () => ({ step: 0.02, maximum: 0.2 }) },
  plus: { definition: plusKernel, inputCount: 2, params: (length) => ({ factor: 3 - length }) },
  ratio: { definition: ratioKernel, inputCount: 2, params: (length) => ({ factor: length }) },
  "ratio-or-zero": { definition: ratioOrZeroKernel, inputCount: 2, params: (length) => ({ factor: length }) },
  "running-total": withoutParams(runningTotalKernel, 1),
  settled: ofLength(settledKernel),
  "signed-volume": withoutParams(signedVolumeKernel, 2),
  "since-highest": ofLength(sinceHighestKernel),
  "since-lowest": ofLength(sinceLowestKernel),
  supertrend: { definition: supertrendKernel, inputCount: 4, params: (length) => ({ multiplier: length / 4 }) },
  symmetric: withoutParams(symmetricKernel, 1),
  times: withoutParams(timesKernel, 2),
  total: ofLength(totalKernel),
  "true-range": withoutParams(trueRangeKernel, 3),
  "typical-price": withoutParams(typicalPriceKernel, 3),
  "williams-r": withoutParams(williamsRKernel, 3),
  zigzag: { definition: zigzagKernel, inputCount: 1, params: (length) => ({ threshold: length / 100 }) },
};

import type { EquityFigures } from "./equity-curve.ts";
import type { ReturnBlocks } from "./settings.ts";

/**
 * What the running figures say of the returns so far: how many, their mean, and the sum of squared deviations from it; at the end also the sums of cubes and of fourth
 * powers. Those of any stretch between two marks follow from both.
 */
export type ReturnMark = Pick<
  EquityFigures,
  "periods" | "returnMean" | "returnDeviations" | "returnCubes" | "returnFourths"
>;

/** What figures begin with that keep the higher powers of the returns, from which skewness and kurtosis follow. */
export const returnPowers = { returnCubes: 0, returnFourths: 0 };

/** Whether a block ends after so many bars of trading; the last one ends with the run. */
export function isMark(barsTraded: number, { bars, count }: ReturnBlocks): boolean {
  const done = barsTraded / bars;
  return Number.isInteger(done) && done > 0 && done < count;
}

/** The next number of traded bars after which a block ends; infinite when only the last is left. */
export function nextMarkAfter(barsTraded: number, { bars, count }: ReturnBlocks): number {
  const block = Math.floor(barsTraded / bars) + 1;
  return block < count ? block * bars : Number.POSITIVE_INFINITY;
}

export function returnsSoFar({ periods, returnMean, returnDeviations }: EquityFigures): ReturnMark {
  return { periods, returnMean, returnDeviations };
}

/** The same at the end, with the powers that only the whole is asked for. */
export function allReturns(figures: EquityFigures): ReturnMark {
  const { returnCubes, returnFourths } = figures;
  return {
    ...returnsSoFar(figures),
    ...(returnCubes === undefined ? {} : { returnCubes }),
    ...(returnFourths === undefined ? {} : { returnFourths }),
  };
}

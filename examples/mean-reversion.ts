// A strategy of one's own, used from a spec as `strategy: { file: ./mean-reversion.ts }`: see mean-reversion.yaml beside it.
import { close, defineStrategy, sma, standardDeviation, z } from "backstitch";

/**
 * Buys when the close is `entry` standard deviations below its mean, and sells when it is back at the mean or after `patience` bars. The number of bars that the
 * trade is open is the strategy's own state: it is in every checkpoint, so that a resumed run waits no longer and no shorter.
 */
export default defineStrategy({
  name: "mean-reversion",
  description: "Buys far below the mean, sells at the mean or when patience ends.",
  params: z.strictObject({
    length: z.int().min(2).default(20).describe("Bars in the mean and the deviation."),
    entry: z.number().positive().default(2).describe("Standard deviations below the mean at which it buys."),
    patience: z.int().min(1).default(15).describe("Bars after which it gives up."),
  }),
  columns: ({ length }) => ({ mean: sma(close, length), deviation: standardDeviation(close, length, "population") }),
  initialState: () => ({ barsHeld: 0 }),
  onBar(bar) {
    const { entry, patience } = bar.params;
    const { mean, deviation } = bar.columns;
    if (bar.position === 0) {
      bar.state.barsHeld = 0;
      if (bar.close < mean.now - entry * deviation.now) bar.buy({ tag: "far below the mean" });
      return;
    }
    bar.state.barsHeld += 1;
    if (bar.close >= mean.now) bar.closePosition({ tag: "back at the mean" });
    else if (bar.state.barsHeld >= patience) bar.closePosition({ tag: "out of patience" });
  },
});

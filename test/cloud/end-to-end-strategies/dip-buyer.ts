import { close, defineStrategy, sma, z } from "backstitch";

/** Buys below the mean and sells above it; takes its time over each bar, so that a test can act while it runs. */
export default defineStrategy({
  name: "dip-buyer",
  params: z.strictObject({ length: z.int().min(2).default(10), work: z.int().min(0).default(0) }),
  columns: ({ length }) => ({ mean: sma(close, length) }),
  initialState: () => ({ spun: 0 }),
  onBar(bar) {
    let spun = 1;
    for (let i = 0; i < bar.params.work; i++) spun = (spun * 31 + i) % 1_000_003;
    bar.state.spun = spun;
    if (bar.position === 0 && bar.close < bar.columns.mean.now) bar.buy();
    else if (bar.position !== 0 && bar.close > bar.columns.mean.now) bar.closePosition();
  },
});

import { fileURLToPath } from "node:url";
import { type Bars, barsFromCsv } from "../../lib/backstitch.ts";

/** The S&P 500's daily bars, 2000-01-03 to 2020-04-17, of the vega-datasets package (BSD licence). */
export const sp500File = fileURLToPath(
  new URL("../../node_modules/vega-datasets/data/sp500-2000.csv", import.meta.url),
);

export function sp500Bars(): Promise<Bars> {
  return barsFromCsv({ file: sp500File }, { timeframe: "1d" });
}

import { BarsInputError } from "./bars-input-error.ts";
import type { ImportOptions } from "./import-bars.ts";
import { type BarLabel, type BarSpan, parseBarSpan } from "./open-time.ts";
import type { PriceAdjustment } from "./snapshot-manifest.ts";
import type { SlashOrder } from "./time-text.ts";

/** How the tables of an import are to be understood. */
export type ReadOptions = {
  readonly span: BarSpan;
  readonly timeZone: string;
  readonly barLabel: BarLabel;
  readonly columns: readonly string[] | undefined;
  readonly timeFormat: SlashOrder | undefined;
  readonly priceScale: number;
  readonly adjust: PriceAdjustment;
};

/** The options that say how to read, with their defaults. */
export function readOptions(
  options: Pick<
    ImportOptions,
    "timeframe" | "timeZone" | "barLabel" | "columns" | "timeFormat" | "priceScale" | "adjust"
  >,
): ReadOptions {
  const { timeframe, timeZone, barLabel, columns, timeFormat, priceScale = 1, adjust } = options;
  if (!(priceScale > 0 && Number.isFinite(priceScale)))
    throw new BarsInputError(`--price-scale ${priceScale}: expected a number above zero, as in 0.0001.`);
  return { span: parseBarSpan(timeframe), timeZone, barLabel, columns, timeFormat, priceScale, adjust };
}

import type { Column } from "../engine/columns.ts";
import { plus } from "./arithmetic.ts";
import { atr } from "./atr.ts";
import { close } from "./bar-columns.ts";
import { ema } from "./ema.ts";
import { requireFinite, requireLength } from "./parameter-checks.ts";

/**
 * Keltner channel (Raschke's form; as TradingView): the EMA of the last `length` closes, begun with their mean, and `multiplier` average true ranges
 * (Wilder) of `atrLength` bars above and below it. First defined at the bar max(length, atrLength) − 1.
 */
export function keltner(
  length: number,
  atrLength: number,
  multiplier: number,
): { readonly middle: Column; readonly upper: Column; readonly lower: Column } {
  requireLength("keltner", "length", length);
  requireLength("keltner", "atrLength", atrLength);
  requireFinite("keltner", "multiplier", multiplier);
  const middle = ema(close, length, "sma");
  const range = atr(atrLength);
  return { middle, upper: plus(middle, range, multiplier), lower: plus(middle, range, -multiplier) };
}

import { type Bars, sliceBars } from "./bars.ts";

/**
 * Bars are folded in blocks that end at multiples of this, whatever the caller's chunks: a block's bars and columns stay in the processor's cache while
 * lane after lane reads them, and memory does not grow with the chunk.
 */
export const blockBars = 8_192;

/** Room for one block's times and prices. */
export class BarBlock {
  readonly #openTimeMs = new Float64Array(blockBars);
  readonly #open = new Float64Array(blockBars);
  readonly #high = new Float64Array(blockBars);
  readonly #low = new Float64Array(blockBars);

  /** The bars [startBar, endBar), at most `blockBars`; valid until the next call. */
  load(bars: Bars, startBar: number, endBar: number): Bars {
    const { openTimeMs, open, high, low, close, volume } = sliceBars(bars, startBar, endBar);
    // What orders and open trades read here and there would have to be waited for each time; copying reads it in one go.
    return {
      startBar,
      openTimeMs: copy(openTimeMs, this.#openTimeMs),
      open: copy(open, this.#open),
      high: copy(high, this.#high),
      low: copy(low, this.#low),
      close,
      volume,
    };
  }
}

function copy(values: Float64Array, room: Float64Array): Float64Array {
  room.set(values);
  return room.subarray(0, values.length);
}

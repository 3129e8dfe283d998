import { type Bars, sliceBars } from "./bars.ts";

/**
 * Bars are folded in blocks that end at multiples of this, whatever the caller's chunks: a block's bars and columns stay in the processor's cache while
 * lane after lane reads them, and memory does not grow with the chunk.
 */
export const blockBars = 8_192;

/** Room for one block's opens, highs and lows. */
export class BarBlock {
  readonly #open = new Float64Array(blockBars);
  readonly #high = new Float64Array(blockBars);
  readonly #low = new Float64Array(blockBars);

  /** The bars [startBar, endBar), at most `blockBars`; valid until the next call. */
  load(bars: Bars, startBar: number, endBar: number): Bars {
    const block = sliceBars(bars, startBar, endBar);
    // Orders and open trades read these here and there, and would wait for memory each time; copying reads them in one go.
    return { ...block, open: copy(block.open, this.#open), high: copy(block.high, this.#high), low: copy(block.low, this.#low) };
  }
}

function copy(values: Float64Array, room: Float64Array): Float64Array {
  room.set(values);
  return room.subarray(0, values.length);
}

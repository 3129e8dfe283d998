import type { WindowBlock, WindowFold } from "./window-kernel.ts";
import { blockLength } from "./window-kernel.ts";

/**
 * The maximum of each window of `length` values in three comparisons a bar whatever the length: the tape is cut into
 * pieces of that length, and a window is the end of one piece and the beginning of the next (van Herk 1992; Gil and
 * Werman 1993). It has no running sums: a maximum has no rounding, so any cut gives the same bits.
 */
export class WindowMaximum implements WindowFold {
  readonly #length: number;
  // +1 for maxima; -1 for minima, which are the negated maxima of the negated values.
  readonly #sign: number;
  // At k the greatest of the tape's values from k to the end of k's piece.
  readonly #toEnd: Float64Array;

  constructor(length: number, sign: 1 | -1) {
    this.#length = length;
    this.#sign = sign;
    this.#toEnd = new Float64Array(length + blockLength(length));
  }

  slide({ tape, from, to, at }: WindowBlock, [extremes]: readonly Float64Array[]): void {
    const length = this.#length;
    const sign = this.#sign;
    const toEnd = this.#toEnd;
    for (let start = from + 1; start <= to; start += length) {
      // The piece [start, next) is whole: start is at most `to`, and tape reaches to `to` + length.
      const next = start + length;
      let greatest = sign * tape[next - 1];
      toEnd[next - 1] = greatest;
      for (let k = next - 2; k >= start; k--) {
        const value = sign * tape[k];
        if (value > greatest) greatest = value;
        toEnd[k] = greatest;
      }
      // The windows that begin in this piece, from the one that is the piece itself.
      const lastStart = Math.min(next, to + 1);
      let fromNext = Number.NEGATIVE_INFINITY;
      extremes[at + start - 1] = sign * toEnd[start] + 0;
      for (let k = start + 1; k < lastStart; k++) {
        const newest = sign * tape[k + length - 1];
        if (newest > fromNext) fromNext = newest;
        const older = toEnd[k];
        // Adding 0 turns -0, which JSON does not know, into 0.
        extremes[at + k - 1] = sign * Math.max(older, fromNext) + 0;
      }
    }
  }

  save(): null {
    return null;
  }

  restore(): void {}
}

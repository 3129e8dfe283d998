import type { JsonValue } from "../engine/json.ts";
import { savedNumber } from "./kernel-state.ts";
import { blockLength, type WindowBlock } from "./window-kernel.ts";

// When the sum of squared deviations falls below this part of what the running sum of squares has held, rounding errors could
// reach its tenth digit, and the sums are rebuilt.
const leastPart = 1 / 256;

/**
 * Mean and sum of squared deviations of a moving window, by running sums of x − p and (x − p)² about a pivot p near the values
 * (shifted data: Chan, Golub and LeVeque 1983). The pivot becomes the window's mean at every rebuild: at the given bars,
 * and wherever the sums have lost digits. So prices of 10⁶ with tiny noise keep theirs, and equal values give their own mean and exactly 0.
 */
export class WindowMoments {
  /** Per block: the mean of the window of bar j. */
  readonly means: Float64Array;
  /** Per block: the sum of squared deviations from the mean in the window of bar j, never below zero. */
  readonly squares: Float64Array;
  readonly #length: number;
  #pivot = 0;
  #sum = 0;
  #sumOfSquares = 0;
  #greatestSum = 0;

  constructor(length: number) {
    this.#length = length;
    this.means = new Float64Array(blockLength(length));
    this.squares = new Float64Array(blockLength(length));
  }

  /** Fills `means` and `squares` at the block's bars. */
  slide({ tape, from, to, rebuild }: WindowBlock): void {
    let j = from;
    if (rebuild) {
      this.#rebuild(tape, j);
      j++;
    }
    while (j < to) {
      j = this.#slideWhileAccurate(tape, j, to);
      if (j < to) {
        this.#rebuild(tape, j);
        j++;
      }
    }
  }

  save(): JsonValue {
    return {
      pivot: this.#pivot,
      sum: this.#sum,
      sumOfSquares: this.#sumOfSquares,
      greatestSum: this.#greatestSum,
    };
  }

  restore(sums: JsonValue): void {
    this.#pivot = savedNumber(sums, "pivot");
    this.#sum = savedNumber(sums, "sum");
    this.#sumOfSquares = savedNumber(sums, "sumOfSquares");
    this.#greatestSum = savedNumber(sums, "greatestSum");
  }

  /** Returns the first bar whose sums must be rebuilt, or `to`. */
  #slideWhileAccurate(tape: Float64Array, from: number, to: number): number {
    const { means, squares } = this;
    const length = this.#length;
    const pivot = this.#pivot;
    let sum = this.#sum;
    let sumOfSquares = this.#sumOfSquares;
    let greatestSum = this.#greatestSum;
    let j = from;
    for (; j < to; j++) {
      const entering = tape[j + length] - pivot;
      const leaving = tape[j] - pivot;
      const change = entering - leaving;
      sum += change;
      sumOfSquares += change * (entering + leaving);
      if (sumOfSquares > greatestSum) greatestSum = sumOfSquares;
      const mean = sum / length;
      const deviations = sumOfSquares - sum * mean;
      if (deviations < greatestSum * leastPart) break;
      means[j] = pivot + mean;
      squares[j] = deviations;
    }
    this.#sum = sum;
    this.#sumOfSquares = sumOfSquares;
    this.#greatestSum = greatestSum;
    return j;
  }

  #rebuild(tape: Float64Array, j: number): void {
    const length = this.#length;
    // Deviations from one of the values, so that the mean of equal values is that value to the last bit.
    const newest = tape[j + length];
    let fromNewest = 0;
    for (let k = j + 1; k <= j + length; k++) fromNewest += tape[k] - newest;
    // Adding 0 turns -0, which JSON does not know, into 0.
    const pivot = newest + fromNewest / length + 0;
    let sum = 0;
    let sumOfSquares = 0;
    for (let k = j + 1; k <= j + length; k++) {
      const deviation = tape[k] - pivot;
      sum += deviation;
      sumOfSquares += deviation * deviation;
    }
    this.#pivot = pivot;
    this.#sum = sum;
    this.#sumOfSquares = sumOfSquares;
    this.#greatestSum = sumOfSquares;
    this.means[j] = pivot + sum / length;
    this.squares[j] = Math.max(0, sumOfSquares - sum * (sum / length));
  }
}

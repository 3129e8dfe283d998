import type { Fixed } from "./money.ts";

/** Rows in a block. Blocks are small enough for the allocator to hand out again, and growing copies nothing. */
const blockRows = 128;

/**
 * Rows of `width` numbers each, one after another in blocks; fixed-point numbers beyond float64's exact integers and texts lie beside. Kept this way
 * a fact costs the memory of its numbers, and the garbage collector never looks at it.
 */
export class PackedRows {
  readonly #width: number;
  readonly #blocks: Float64Array[] = [];
  readonly #texts: string[] = [];
  readonly #textNumbers = new Map<string, number>();
  readonly #large = new Map<number, bigint>();
  length = 0;
  /** The block that the newest row lies in, and where it begins there. */
  block: Float64Array;
  at: number;

  constructor(width: number) {
    this.#width = width;
    this.block = noNumbers;
    this.at = 0;
  }

  /** Appends a row of zeros; its numbers are then written to `block` from `at` on. */
  append(): void {
    this.at += this.#width;
    if (this.at >= this.block.length) this.#startBlock();
    this.length += 1;
  }

  #startBlock(): void {
    this.block = new Float64Array(blockRows * this.#width);
    this.at = 0;
    this.#blocks.push(this.block);
  }

  /** Sets a number of the newest row. */
  setFixed(column: number, value: Fixed): void {
    if (typeof value === "number") this.block[this.at + column] = value;
    else this.#large.set((this.length - 1) * this.#width + column, value);
  }

  /** The number under which a row holds a text: counted from 0, the same for equal texts. */
  textNumber(text: string): number {
    const known = this.#textNumbers.get(text);
    if (known !== undefined) return known;
    this.#textNumbers.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }

  number(row: number, column: number): number {
    const block = this.#blocks[Math.floor(row / blockRows)] as Float64Array;
    return block[(row % blockRows) * this.#width + column] as number;
  }

  fixed(row: number, column: number): Fixed {
    return this.#large.get(row * this.#width + column) ?? this.number(row, column);
  }

  text(number: number): string {
    return this.#texts[number] as string;
  }
}

const noNumbers = new Float64Array(0);

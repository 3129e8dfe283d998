import { Decimal } from "apache-arrow";
import type { Fixed } from "../engine/money.ts";

/** Fixed-point numbers as Arrow's decimal128 with 8 decimals: four 32-bit words each, the lowest first. */
export const decimal = new Decimal(8, 38, 128);

const wordSize = 4_294_967_296;

/** Writes `value` into the four words from `at` on. */
export function writeDecimal(words: Uint32Array, at: number, value: Fixed): void {
  if (typeof value === "number") {
    const high = Math.floor(value / wordSize);
    words[at] = value - high * wordSize;
    words[at + 1] = high >>> 0;
    words[at + 2] = value < 0 ? 0xffffffff : 0;
    words[at + 3] = value < 0 ? 0xffffffff : 0;
    return;
  }
  const bits = BigInt.asUintN(128, value);
  for (let word = 0; word < 4; word++) words[at + word] = Number((bits >> BigInt(32 * word)) & 0xffffffffn);
}

/** Reads the four words from `at` on. */
export function readDecimal(words: Uint32Array, at: number): Fixed {
  const [w0, w1, w2, w3] = [
    words[at] as number,
    words[at + 1] as number,
    words[at + 2] as number,
    words[at + 3] as number,
  ];
  const high = w1 | 0;
  const isSmall =
    (high < 0 ? w2 === 0xffffffff && w3 === 0xffffffff : w2 === 0 && w3 === 0) &&
    high < 2_097_152 &&
    high >= -2_097_152;
  const value = high * wordSize + w0;
  if (isSmall && value >= -Number.MAX_SAFE_INTEGER) return value;
  const bits = (BigInt(w3) << 96n) | (BigInt(w2) << 64n) | (BigInt(w1) << 32n) | BigInt(w0);
  return BigInt.asIntN(128, bits);
}

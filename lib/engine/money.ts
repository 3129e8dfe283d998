/**
 * Fixed-point numbers: an integer count of 10⁻⁸, as bigint. Cash, values, fees, profits and quantities are of this type, so
 * that they add up exactly. Prices are float64 and are not.
 */
export type Fixed = bigint;

const decimals = 8;
const one = 100_000_000n;

/** Below this size (2⁴⁹ × 10⁻⁸, about 5.6 million) a float64 product is within an eighth of a unit of the exact one. */
const floatSafe = 562_949_953_421_312;

/** The nearest fixed-point number; throws RangeError for NaN and infinities. */
export function toFixed(value: number): Fixed {
  return multiply(one, value);
}

/** The nearest float64. */
export function toNumber(value: Fixed): number {
  return Number(value) / 100_000_000;
}

/**
 * `value` × `factor`, rounded once to 10⁻⁸, halves away from zero. The factor counts as the decimal it prints as (0.1 is a
 * tenth), so that the amount of a fill, quantity × price, is the one a person computes.
 */
export function multiply(value: Fixed, factor: number): Fixed {
  const product = Number(value) * factor;
  if (product < floatSafe && product > -floatSafe) {
    return BigInt(product < 0 ? -Math.round(-product) : Math.round(product));
  }
  return multiplyDecimal(value, factor);
}

function multiplyDecimal(value: Fixed, factor: number): Fixed {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(factor));
  if (match === null) throw new RangeError(`A money factor must be finite, found ${factor}.`);
  const [, sign, whole = "0", fraction = "", exponent = "0"] = match;
  const digits = BigInt(whole + fraction) * (sign === "-" ? -value : value);
  const shift = Number(exponent) - fraction.length;
  return shift >= 0 ? digits * 10n ** BigInt(shift) : divideRounded(digits, 10n ** BigInt(-shift));
}

/** `numerator` / `denominator` (above zero), rounded to an integer, halves away from zero. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const half = denominator / 2n;
  return numerator < 0n ? -((half - numerator) / denominator) : (numerator + half) / denominator;
}

/** The decimal text of a fixed-point number without trailing zeros: "-0.5", "1000000". */
export function formatFixed(value: Fixed): string {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, "0");
  const fraction = digits.slice(-decimals).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -decimals)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Reads what `formatFixed` wrote; throws RangeError for anything else. */
export function parseFixed(text: string): Fixed {
  const match = /^(-?)(\d+)(?:\.(\d{1,8}))?$/.exec(text);
  if (match === null) throw new RangeError(`Expected a decimal number with at most 8 decimals, found "${text}".`);
  const [, sign, whole = "0", fraction = ""] = match;
  const value = BigInt(whole) * one + BigInt(fraction.padEnd(decimals, "0"));
  return sign === "-" ? -value : value;
}

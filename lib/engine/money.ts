/**
 * A fixed-point number: an integer count of 10⁻⁸. Cash, values, fees, profits and quantities are of this type, so that they add up
 * exactly. Prices are float64 and are not.
 *
 * A count that float64 holds exactly (up to 2⁵³, 90 million units of currency) is a number, a larger one a bigint; never the other
 * way round, so that equal amounts are `===`, and `<` and `>` work on both. Sums and products go through the functions of this file.
 * (A bigint everywhere costs an allocation for each operation: docs/decisions/0002-fixed-point.md.)
 */
export type Fixed = number | bigint;

const decimals = 8;
/** One unit of currency or quantity. */
export const one: Fixed = 100_000_000;

/**
 * Below this product (2⁴⁹, about 5.6 million units of currency) float64 is within an eighth of a count of the exact one: nearer than `Number.EPSILON`
 * of the product, half of it from the factor's last bit and half from the multiplication's.
 */
const productSafe = 562_949_953_421_312;

/** The nearest fixed-point number; throws RangeError for NaN and infinities. */
export function toFixed(value: number): Fixed {
  return multiply(one, value);
}

/** The nearest float64. */
export function toNumber(value: Fixed): number {
  return Number(value) / 100_000_000;
}

export function add(a: Fixed, b: Fixed): Fixed {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (sum <= Number.MAX_SAFE_INTEGER && sum >= -Number.MAX_SAFE_INTEGER) return sum;
  }
  return narrow(BigInt(a) + BigInt(b));
}

export function subtract(a: Fixed, b: Fixed): Fixed {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (difference <= Number.MAX_SAFE_INTEGER && difference >= -Number.MAX_SAFE_INTEGER) return difference;
  }
  return narrow(BigInt(a) - BigInt(b));
}

/**
 * `value` × `factor`, rounded once to 10⁻⁸, halves away from zero. The factor counts as the decimal it prints as (0.1 is a
 * tenth), so that the amount of a fill, quantity × price, is the one a person computes.
 */
export function multiply(value: Fixed, factor: number): Fixed {
  if (typeof value === "number") {
    const product = value * factor;
    if (product < productSafe && product > -productSafe) {
      const size = Math.abs(product);
      const rounded = Math.round(size);
      // A product so near to a half that float64 cannot tell on which side it lies is left to the decimals.
      if (0.5 - Math.abs(rounded - size) > size * Number.EPSILON) return product < 0 ? 0 - rounded : rounded;
      // The rare way yields a number too, and says so: otherwise compiled code would have to box the results of both.
      return Number(multiplyDecimal(BigInt(value), factor));
    }
  }
  return multiplyDecimal(BigInt(value), factor);
}

function multiplyDecimal(value: bigint, factor: number): Fixed {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(factor));
  if (match === null) throw new RangeError(`A money factor must be finite, found ${factor}.`);
  const [, sign, whole = "0", fraction = "", exponent = "0"] = match;
  const digits = BigInt(whole + fraction) * (sign === "-" ? -value : value);
  const shift = Number(exponent) - fraction.length;
  return narrow(shift >= 0 ? digits * 10n ** BigInt(shift) : divideRounded(digits, 10n ** BigInt(-shift)));
}

/** The share of `amount` that falls on `part` of `whole` (above zero), rounded, halves away from zero. */
export function proportion(amount: Fixed, part: Fixed, whole: Fixed): Fixed {
  if (part === 0) return 0;
  return part === whole ? amount : narrow(divideRounded(BigInt(amount) * BigInt(part), BigInt(whole)));
}

/** `value` rounded down to a multiple of `step` (above zero); `value` is not negative. */
export function floorToStep(value: Fixed, step: Fixed): Fixed {
  if (typeof value === "number" && typeof step === "number") return value - (value % step);
  return narrow(BigInt(value) - (BigInt(value) % BigInt(step)));
}

/** `count` steps; `count` is a whole number. */
export function times(step: Fixed, count: number): Fixed {
  const product = Number(step) * count;
  return Math.abs(product) <= Number.MAX_SAFE_INTEGER ? product : narrow(BigInt(step) * BigInt(count));
}

/** The decimal text of a fixed-point number without trailing zeros: "-0.5", "1000000". */
export function formatFixed(value: Fixed): string {
  const digits = (value < 0 ? -BigInt(value) : value).toString().padStart(decimals + 1, "0");
  const fraction = digits.slice(-decimals).replace(/0+$/, "");
  return `${value < 0 ? "-" : ""}${digits.slice(0, -decimals)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Reads what `formatFixed` wrote; throws RangeError for anything else. */
export function parseFixed(text: string): Fixed {
  const match = /^(-?)(\d+)(?:\.(\d{1,8}))?$/.exec(text);
  if (match === null) throw new RangeError(`Expected a decimal number with at most 8 decimals, found "${text}".`);
  const [, sign, whole = "0", fraction = ""] = match;
  const value = BigInt(whole) * BigInt(one) + BigInt(fraction.padEnd(decimals, "0"));
  return narrow(sign === "-" ? -value : value);
}

function narrow(value: bigint): Fixed {
  return value <= Number.MAX_SAFE_INTEGER && value >= -Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const half = denominator / 2n;
  return numerator < 0n ? -((half - numerator) / denominator) : (numerator + half) / denominator;
}

/**
 * e^x in + - * / only, so that every processor and Node version gives the same bits (Math.exp and Math.pow do not promise that).
 * FreeBSD msun e_exp.c (fdlibm, Sun Microsystems 1993): argument reduction by ln 2, then a rational approximation; error below 1 ulp.
 */
export function exponential(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019411) return 0;
  const k = Math.round(x * Math.LOG2E);
  const high = x - k * 0.6931471803691238;
  const low = k * 1.9082149292705877e-10;
  const r = high - low;
  const square = r * r;
  const c =
    r -
    square *
      (0.16666666666666602 +
        square *
          (-0.0027777777777015593 +
            square * (6.613756321437934e-5 + square * (-1.6533902205465252e-6 + square * 4.1381367970572385e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  return scaleByPowerOfTwo(y, k);
}

/** base^exponent for a base above zero, by the exponential and Math.log (which agreed on every processor tried). */
export function power(base: number, exponent: number): number {
  return exponential(exponent * Math.log(base));
}

function scaleByPowerOfTwo(value: number, exponent: number): number {
  let result = value;
  let left = exponent;
  for (; left > 0; left--) result *= 2;
  for (; left < 0; left++) result /= 2;
  return result;
}

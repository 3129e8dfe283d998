import { exponential } from "../engine/exponential.ts";

/** Φ(x), the probability of a standard normal below x; absolute error below 1e-15 (W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23, 1969, as arranged in his ANORM, ACM TOMS 715, 1993). */
export function normalProbability(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  const size = Math.abs(x);
  if (size <= 0.67448975) {
    const square = size > 1.11e-16 ? x * x : 0;
    return 0.5 + x * fraction(centre, square);
  }
  const tail = size <= 5.656854249492381 ? scaledTail(size) * fraction(middle, size) : scaledTail(size) * farTail(size);
  return x > 0 ? 1 - tail : tail;
}

/** Φ⁻¹(p), relative error about 1e-16 (M. J. Wichura, algorithm AS 241, PPND16, Applied Statistics 37, 1988); -Infinity at 0, Infinity at 1, NaN outside. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * fraction(quantileCentre, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const value = r <= 5 ? fraction(quantileMiddle, r - 1.6) : fraction(quantileFar, r - 5);
  return q < 0 ? -value : value;
}

/** Numerator and denominator, highest power first. */
type Fraction = readonly [readonly number[], readonly number[]];

function fraction([numerator, denominator]: Fraction, x: number): number {
  return polynomial(numerator, x) / polynomial(denominator, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}

/** e^(-x²/2) with the square taken in two parts, so that its rounding does not grow with x. */
function scaledTail(x: number): number {
  const rough = Math.trunc(x * 16) / 16;
  return exponential(-rough * rough * 0.5) * exponential(-(x - rough) * (x + rough) * 0.5);
}

const inverseRootTwoPi = 0.3989422804014327;

function farTail(x: number): number {
  const square = 1 / (x * x);
  return (inverseRootTwoPi - square * fraction(far, square)) / x;
}

const centre: Fraction = [
  [0.06568233791820745, 2.2352520354606837, 161.02823106855587, 1067.6894854603709, 18154.98125334356],
  [1, 47.20258190468824, 976.0985517377767, 10260.932208618979, 45507.78933502673],
];
const middle: Fraction = [
  [
    1.0765576773720192e-8, 0.39894151208813466, 8.883149794388377, 93.50665613217785, 597.2702763948002,
    2494.5375852903726, 6848.190450536283, 11602.65143764735, 9842.714838383978,
  ],
  [
    1, 22.266688044328117, 235.387901782625, 1519.3775994075547, 6485.558298266761, 18615.571640885097,
    34900.95272114598, 38912.00328609327, 19685.429676859992,
  ],
];
const far: Fraction = [
  [
    0.02307344176494017, 0.215898534057957, 0.12740116116024736, 0.02223527787064981, 0.0014216191932278936,
    2.9112874951168793e-5,
  ],
  [1, 1.284260096144911, 0.4682382124808651, 0.06598813786892856, 0.0037823963320275824, 7.297515550839662e-5],
];
const quantileCentre: Fraction = [
  [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
    133.14166789178438, 3.3871328727963665,
  ],
  [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
    42.31333070160091, 1,
  ],
];
const quantileMiddle: Fraction = [
  [
    7.745450142783414e-4, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  [
    1.0507500716444169e-9, 5.475938084995345e-4, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1,
  ],
];
const quantileFar: Fraction = [
  [
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
    1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ],
  [
    2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 7.868691311456133e-4, 0.014875361290850615,
    0.1369298809227358, 0.599832206555888, 1,
  ],
];

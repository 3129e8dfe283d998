/**
 * The numbers from, from + step, … up to `to` (included when a step lands on it), each the float64 of its exact decimal: 0.1, 0.2, 0.3, not
 * 0.30000000000000004. The numbers count as the decimals they print as. `valueAt` computes one; nothing is kept.
 */
export type DecimalRange = { readonly count: number; valueAt(index: number): number };

/** Made of finite numbers, `step` not 0 and leading from `from` towards `to`; otherwise the range holds `from` alone. */
export function decimalRange(from: number, to: number, step: number): DecimalRange {
  const decimals = Math.max(decimalsOf(from), decimalsOf(to), decimalsOf(step));
  const start = scaled(from, decimals);
  const stride = scaled(step, decimals);
  const span = scaled(to, decimals) - start;
  const steps = stride === 0n || span / stride < 0n ? 0n : span / stride;
  return {
    count: Number(steps) + 1,
    valueAt: (index) => Number(`${start + BigInt(index) * stride}e-${decimals}`),
  };
}

function decimalsOf(value: number): number {
  const [, fraction = "", exponent = "0"] = /^-?\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  return Math.max(0, fraction.length - Number(exponent));
}

function scaled(value: number, decimals: number): bigint {
  const [, sign = "", whole = "0", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  const zeros = decimals + Number(exponent) - fraction.length;
  return BigInt(`${sign}${whole}${fraction}`) * 10n ** BigInt(zeros);
}

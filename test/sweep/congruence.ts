/** Numbers that any language can make again: sums of four uniform numbers of a linear congruence, less their mean of 2. */
export function congruentNumbers(seed: number, count: number): number[] {
  let x = BigInt(seed);
  return Array.from({ length: count }, () => {
    let sum = 0;
    for (let i = 0; i < 4; i++) {
      x = (x * 1_103_515_245n + 12_345n) % 2_147_483_648n;
      sum += Number(x) / 2_147_483_648;
    }
    return sum - 2;
  });
}

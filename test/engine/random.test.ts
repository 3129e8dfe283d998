import fc from "fast-check";
import { expect, test } from "vitest";
import { RandomGenerator, seedRandom } from "../../lib/engine/random.ts";

function numbers(generator: RandomGenerator, count: number): number[] {
  return Array.from({ length: count }, () => generator.next());
}

test("the first numbers of seed 42 and no parameters, frozen", () => {
  const generator = new RandomGenerator(seedRandom(42, "{}"));
  expect(numbers(generator, 4)).toEqual([
    0.5144008060451597, 0.31135715544223785, 0.717938759829849, 0.018664487171918154,
  ]);
});

test("equals sfc32 as published: (a + b + counter++) from state 1, 2, 3, 4", () => {
  // a = b ^ b >>> 9 = 2; b = c + (c << 3) = 27; c = rotl(c, 21) + 7 = 6291463: then 2 + 27 + 5.
  expect(numbers(new RandomGenerator([1, 2, 3, 4]), 2).map((value) => value * 4_294_967_296)).toEqual([7, 34]);
});

test("a restored generator goes on where the saved one stood", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      fc.string(),
      fc.nat({ max: 50 }),
      (seed, text, drawn) => {
        const generator = new RandomGenerator(seedRandom(seed, text));
        numbers(generator, drawn);
        const restored = new RandomGenerator(JSON.parse(JSON.stringify(generator.save())));
        expect(numbers(restored, 5)).toEqual(numbers(generator, 5));
      },
    ),
  );
});

test("numbers lie in [0, 1) and their mean is near a half", () => {
  const drawn = numbers(new RandomGenerator(seedRandom(7, "{}")), 20_000);
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...drawn)).toBeLessThan(1);
  expect(drawn.reduce((sum, value) => sum + value, 0) / drawn.length).toBeCloseTo(0.5, 2);
});

test("other seeds and other parameters give other numbers", () => {
  const texts = ["{}", '{"fast":10}', '{"fast":11}', '{"fast":10,"slow":30}'];
  const seeds = [0, 1, 42, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
  const firsts = seeds.flatMap((seed) => texts.map((text) => new RandomGenerator(seedRandom(seed, text)).next()));
  expect(new Set(firsts).size).toBe(firsts.length);
});

import type { Column, Kernel, KernelDefinition } from "../engine/columns.ts";
import { high, low } from "./bar-columns.ts";
import { highest, lowest } from "./highest-lowest.ts";
import { requireLength } from "./parameter-checks.ts";

/**
 * Donchian channel: the highest high and the lowest low of the last `length` bars, the current one included, and the middle
 * between them. First defined at the bar `length` − 1. A breakout is measured against the channel of the bar before: `lag(upper, 1)`.
 */
export function donchian(length: number): { readonly upper: Column; readonly lower: Column; readonly middle: Column } {
  requireLength("donchian", "length", length);
  const upper = highest(high, length);
  const lower = lowest(low, length);
  const middle: Column = { kind: "kernel", kernel: middleKernel, params: {}, inputs: [upper, lower], output: "value" };
  return { upper, lower, middle };
}

/** (a + b) / 2 at each bar; undefined where either is. */
export const middleKernel: KernelDefinition = { name: "middle", outputs: ["value"], create: () => createMiddle() };

function createMiddle(): Kernel {
  return {
    update([upper, lower], [middles]) {
      // Adding 0 turns -0, which JSON does not know, into 0.
      for (let i = 0; i < middles.length; i++) middles[i] = (upper[i] + lower[i]) / 2 + 0;
    },
    save: () => null,
    restore() {},
  };
}

import type { Column, Kernel, KernelDefinition } from "../engine/columns.ts";
import { savedNumber } from "./kernel-state.ts";

/**
 * +1 at a bar where `a` has gone from below `b` to above it since the bar before, −1 where from above to below, both strictly; 0 at all
 * other bars, and while either is undefined. Defined from the first bar on.
 */
export function cross(a: Column, b: Column): Column {
  return { kind: "kernel", kernel: crossKernel, params: {}, inputs: [a, b], output: "value" };
}

export const crossKernel: KernelDefinition = { name: "cross", outputs: ["value"], create: () => createCross() };

function createCross(): Kernel {
  // Which side `a` was on at the bar before: 1 above, -1 below, 0 equal or undefined.
  let side = 0;
  return {
    update([a, b], [crosses]) {
      side = crossesFrom(side, { a, b, crosses });
    },
    save: () => ({ side }),
    restore(state) {
      side = savedNumber(state, "side");
    },
  };
}

function crossesFrom(side: number, columns: { a: Float64Array; b: Float64Array; crosses: Float64Array }): number {
  const { a, b, crosses } = columns;
  let before = side;
  for (let i = 0; i < crosses.length; i++) {
    // A comparison with NaN is false, so that an undefined bar is on neither side.
    const now = a[i] > b[i] ? 1 : a[i] < b[i] ? -1 : 0;
    crosses[i] = now * before < 0 ? now : 0;
    before = now;
  }
  return before;
}

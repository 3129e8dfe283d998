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
  // The side at the bar before; 0 before the first bar.
  let side = 0;
  return {
    update([a, b], [crosses]) {
      side = markCrosses(side, { a, b, crosses });
    },
    save: () => ({ side }),
    restore(state) {
      side = savedNumber(state, "side");
    },
  };
}

type CrossColumns = { readonly a: Float64Array; readonly b: Float64Array; readonly crosses: Float64Array };

/** Goes from one change of sides to the next, which are rare; returns the side at the last bar. */
function markCrosses(sideBefore: number, { a, b, crosses }: CrossColumns): number {
  const count = crosses.length;
  let before = sideBefore;
  crosses.fill(0);
  for (let i = 0; i < count; i++) {
    // A loop of its own for each side has one comparison a bar.
    if (before > 0) while (i < count && a[i] > b[i]) i++;
    else if (before < 0) while (i < count && a[i] < b[i]) i++;
    if (i === count) break;
    const side = sideOf(a[i], b[i]);
    if (before * side < 0) crosses[i] = side;
    before = side;
  }
  return before;
}

/** 1 where `a` is above `b`, -1 where below, 0 where they are equal or either is undefined. */
function sideOf(a: number, b: number): number {
  return a > b ? 1 : a < b ? -1 : 0;
}

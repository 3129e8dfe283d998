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
  // a − b at the bar before, or only its sign; 0 before the first bar.
  let before = 0;
  return {
    update([a, b], [crosses]) {
      before = crossesAfter(before, { a, b, crosses });
    },
    save: () => ({ side: sideOf(before) }),
    restore(state) {
      before = savedNumber(state, "side");
    },
  };
}

function crossesAfter(
  differenceBefore: number,
  columns: { a: Float64Array; b: Float64Array; crosses: Float64Array },
): number {
  const { a, b, crosses } = columns;
  let before = differenceBefore;
  const count = crosses.length;
  crosses.fill(0);
  for (let i = 0; i < count; i++) {
    const difference = a[i] - b[i];
    // Only a product that is not above zero can be a crossing; it is rare, so that the processor foresees the branch. A
    // product of tiny differences may round to zero, which is why the sides are compared then.
    if (before * difference <= 0) crosses[i] = turn(sideOf(before), sideOf(difference));
    before = difference;
  }
  return before;
}

function turn(sideBefore: number, side: number): number {
  return sideBefore * side < 0 ? side : 0;
}

/** 1 above, -1 below, 0 equal or undefined. */
function sideOf(difference: number): number {
  return difference > 0 ? 1 : difference < 0 ? -1 : 0;
}

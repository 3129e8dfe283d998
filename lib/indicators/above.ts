import type { Column, Kernel, KernelDefinition } from "../engine/columns.ts";

/** +1 at a bar where `a` is above `b`, −1 where it is below, 0 where they are equal or either is undefined. Defined from the first bar on. */
export function above(a: Column, b: Column): Column {
  return { kind: "kernel", kernel: aboveKernel, params: {}, inputs: [a, b], output: "value" };
}

export const aboveKernel: KernelDefinition = { name: "above", outputs: ["value"], create: () => createAbove() };

function createAbove(): Kernel {
  return {
    update([a, b], [sides]) {
      // A comparison with NaN is false.
      for (let i = 0; i < sides.length; i++) sides[i] = a[i] > b[i] ? 1 : a[i] < b[i] ? -1 : 0;
    },
    save: () => null,
    restore() {},
  };
}

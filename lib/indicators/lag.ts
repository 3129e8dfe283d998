import type { Column, Kernel, KernelDefinition } from "../engine/columns.ts";
import { savedNumbersOrNull } from "./kernel-state.ts";
import { requireLength } from "./parameter-checks.ts";

/** The value `length` bars ago: undefined at the first `length` bars, and where it was undefined then. */
export function lag(input: Column, length: number): Column {
  requireLength("lag", "length", length);
  return { kind: "kernel", kernel: lagKernel, params: { length }, inputs: [input], output: "value" };
}

export const lagKernel: KernelDefinition = {
  name: "lag",
  outputs: ["value"],
  create: ({ length }) => createLag(length),
};

function createLag(length: number): Kernel {
  // The last `length` values, oldest first; NaN where undefined.
  const recent = new Float64Array(length).fill(Number.NaN);
  return {
    update([input], [lagged]) {
      const count = lagged.length;
      const carried = Math.min(length, count);
      lagged.set(recent.subarray(0, carried));
      for (let i = length; i < count; i++) lagged[i] = plain(input[i - length]);
      recent.copyWithin(0, carried);
      for (let i = 1; i <= carried; i++) recent[length - i] = plain(input[count - i]);
    },
    save: () => ({ recent: Array.from(recent, (value) => (Number.isNaN(value) ? null : value)) }),
    restore(state) {
      const saved = savedNumbersOrNull(state, "recent", length);
      recent.set(saved.map((value) => value ?? Number.NaN));
    },
  };
}

/** The value as JSON can carry it: 0 for -0, undefined where it is not finite. */
function plain(value: number): number {
  return value - value === 0 ? value + 0 : Number.NaN;
}

import type { Column, Kernel, KernelDefinition } from "../engine/columns.ts";
import { close, high, low } from "./bar-columns.ts";
import { highest, lowest } from "./highest-lowest.ts";
import { requireLength } from "./parameter-checks.ts";
import { sma } from "./sma.ts";

/**
 * Slow stochastic, 0 to 100 (Lane 1984): k is the mean over `smooth` bars of 100 · (close − lowest low) / (highest high − lowest low)
 * of the last `kLength` bars, d the mean of k over `dLength` bars. A bar whose highest high equals the lowest low counts as 50. First
 * defined: k at the bar `kLength` + `smooth` − 2, d `dLength` − 1 bars later. With `smooth` 1, k is the fast one.
 */
export function stochastic(
  kLength: number,
  smooth: number,
  dLength: number,
): { readonly k: Column; readonly d: Column } {
  requireLength("stochastic", "kLength", kLength);
  requireLength("stochastic", "smooth", smooth);
  requireLength("stochastic", "dLength", dLength);
  const inputs = [highest(high, kLength), lowest(low, kLength), close];
  const fast: Column = { kind: "kernel", kernel: rangePositionKernel, params: {}, inputs, output: "value" };
  const k = sma(fast, smooth);
  return { k, d: sma(k, dLength) };
}

/** Where the third input lies between the first (100) and the second (0), 50 where these are equal; undefined where any is. */
export const rangePositionKernel: KernelDefinition = {
  name: "range-position",
  outputs: ["value"],
  create: () => createRangePosition(),
};

function createRangePosition(): Kernel {
  return {
    update([top, bottom, value], [positions]) {
      for (let i = 0; i < positions.length; i++) {
        const range = top[i] - bottom[i];
        const above = value[i] - bottom[i];
        // Adding 0 turns -0, which JSON does not know, into 0; above · 0 keeps an undefined value undefined.
        positions[i] = range === 0 ? 50 + above * 0 : (100 * above) / range + 0;
      }
    },
    save: () => null,
    restore() {},
  };
}

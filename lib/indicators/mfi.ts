import type { Column, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { barByBar } from "./bar-by-bar.ts";
import { volume } from "./bar-columns.ts";
import { type DefinedRun, overDefinedRuns, type RunKernel } from "./defined-runs.ts";
import { savedField } from "./kernel-state.ts";
import { requireLength } from "./parameter-checks.ts";
import { total } from "./total.ts";
import { typicalPrice } from "./typical-price.ts";

/**
 * Money flow index, 0 to 100 (Quong and Soudack 1989; as TA-Lib): 100 · in / (in + out), the typical price times the volume summed over those of the last
 * `length` bars at which the typical price rose, and those at which it fell; 50 where nothing flowed. First defined at the bar `length`.
 */
export function mfi(length: number): Column {
  requireLength("mfi", "length", length);
  const flow = (output: string): Column => ({
    kind: "kernel",
    kernel: moneyFlowKernel,
    params: {},
    inputs: [typicalPrice, volume],
    output,
  });
  const inputs = [total(flow("in"), length), total(flow("out"), length)];
  return { kind: "kernel", kernel: flowIndexKernel, params: {}, inputs, output: "value" };
}

export const flowIndexKernel = barByBar("flow-index", () => (inward, outward) => {
  const sum = inward + outward;
  return sum === 0 ? 50 : (100 * inward) / sum;
});

/** Price times volume, as `in` where the price rose since the bar before, as `out` where it fell, else 0; undefined at the first bar. */
export const moneyFlowKernel: KernelDefinition = {
  name: "money-flow",
  outputs: ["in", "out"],
  create: () => overDefinedRuns(new MoneyFlow()),
};

class MoneyFlow implements RunKernel {
  #previous: number | null = null;

  advance([prices, volumes]: readonly Float64Array[], outputs: readonly Float64Array[], bars: DefinedRun): void {
    const [inward, outward] = outputs;
    let { from } = bars;
    if (this.#previous === null) {
      inward[from] = Number.NaN;
      outward[from] = Number.NaN;
      from++;
    }
    let previous = this.#previous ?? prices[bars.from];
    for (let i = from; i < bars.to; i++) {
      // Adding 0 turns -0, which JSON does not know, into 0.
      const flow = prices[i] * volumes[i] + 0;
      inward[i] = prices[i] > previous ? flow : 0;
      outward[i] = prices[i] < previous ? flow : 0;
      previous = prices[i];
    }
    this.#previous = previous;
  }

  clear(): void {
    this.#previous = null;
  }

  save(): JsonValue {
    return { previous: this.#previous === null ? null : this.#previous + 0 };
  }

  restore(state: JsonValue): void {
    const previous = savedField(state, "previous");
    this.#previous = typeof previous === "number" ? previous : null;
  }
}

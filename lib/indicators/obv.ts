import type { Column, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { close, volume } from "./bar-columns.ts";
import { type DefinedRun, overDefinedRuns, type RunKernel } from "./defined-runs.ts";
import { savedField } from "./kernel-state.ts";
import { runningTotal } from "./running-total.ts";

/**
 * On-balance volume (Granville 1963): the sum of the volumes of bars that closed above the bar before less those of bars that closed below it.
 * It begins with 0 at the first bar (TA-Lib and pandas-ta begin with the first volume), so that it depends on where the data begins.
 */
export function obv(): Column {
  const signed: Column = {
    kind: "kernel",
    kernel: signedVolumeKernel,
    params: {},
    inputs: [close, volume],
    output: "value",
  };
  return runningTotal(signed);
}

/** The second input, positive where the first rose since the bar before, negative where it fell, 0 where it did not move and at the first bar. */
export const signedVolumeKernel: KernelDefinition = {
  name: "signed-volume",
  outputs: ["value"],
  create: () => overDefinedRuns(new SignedVolume()),
};

class SignedVolume implements RunKernel {
  #previous: number | null = null;

  advance([prices, volumes]: readonly Float64Array[], [signed]: readonly Float64Array[], bars: DefinedRun): void {
    let previous = this.#previous ?? prices[bars.from];
    for (let i = bars.from; i < bars.to; i++) {
      const change = prices[i] - previous;
      // Adding 0 turns -0, which JSON does not know, into 0.
      signed[i] = (change > 0 ? volumes[i] : change < 0 ? -volumes[i] : 0) + 0;
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

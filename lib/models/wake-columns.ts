import { columnKey } from "../engine/column-set.ts";
import type { Column, Kernel, KernelDefinition } from "../engine/columns.ts";
import { savedNumber } from "../indicators/kernel-state.ts";
import { leastAsked } from "./fault-count.ts";
import type { OpinionColumns } from "./opinion-columns.ts";
import { shortKey } from "./short-key.ts";

/**
 * At which bars a decision is to be made: `wake` is not 0 where an opinion might lead to an order, at every fault, and where the share of faults is looked at first. `asked` and
 * `faults` count the inferences and those that failed, from the run's first bar to this one.
 */
export type WakeColumns = { readonly wake: Column; readonly asked: Column; readonly faults: Column };

/** `confidence` is the least that passes, 0 where none is asked for; with `holds` a HOLD is looked at too, as a target weight asks for. */
export function wakeColumns(
  { status, signal, confidence }: OpinionColumns,
  rule: { readonly confidence: number; readonly holds: boolean },
): WakeColumns {
  const inputs = [status, signal, confidence];
  const params = { confidence: rule.confidence, holds: rule.holds ? 1 : 0 };
  const key = `wake ${shortKey([JSON.stringify(params), ...inputs.map(columnKey)])}`;
  const column = (output: string): Column => ({ kind: "kernel", kernel: wakeKernel, params, inputs, output, key });
  return { wake: column("wake"), asked: column("asked"), faults: column("faults") };
}

const wakeKernel: KernelDefinition = {
  name: "wake",
  outputs: ["wake", "asked", "faults"],
  create: ({ confidence, holds }) => createWake(confidence, holds === 1),
};

function createWake(least: number, holds: boolean): Kernel {
  let asked = 0;
  let faults = 0;
  return {
    update([statuses, signals, confidences], [wakes, askedSoFar, faultsSoFar]) {
      for (let i = 0; i < wakes.length; i++) {
        const status = statuses[i];
        const isFault = status > 1;
        if (status !== 0) asked++;
        if (isFault) faults++;
        const mayTrade = (status === 1 || status === -1) && confidences[i] >= least && (holds || signals[i] !== 0);
        wakes[i] = isFault || mayTrade || (status !== 0 && asked === leastAsked && faults > 0) ? 1 : 0;
        askedSoFar[i] = asked;
        faultsSoFar[i] = faults;
      }
    },
    save: () => ({ asked, faults }),
    restore(state) {
      asked = savedNumber(state, "asked");
      faults = savedNumber(state, "faults");
    },
  };
}

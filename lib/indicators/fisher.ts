import type { Column, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { high, low } from "./bar-columns.ts";
import { type DefinedRun, overDefinedRuns, type RunKernel } from "./defined-runs.ts";
import { middleKernel } from "./donchian.ts";
import { highest, lowest } from "./highest-lowest.ts";
import { savedNumber } from "./kernel-state.ts";
import { lag } from "./lag.ts";
import { requireLength } from "./parameter-checks.ts";

/**
 * Fisher transform (Ehlers 2002; as TradingView): with p the place of (high + low) / 2 in its own range of the last `length` bars, from −½ to ½ and 0 where there
 * is no range, v = 0.66 · p + 0.67 · v[−1] held within ±0.999, and fisher = ½ · ln((1 + v) / (1 − v)) + ½ · fisher[−1], both from 0. The
 * signal is the fisher of the bar before. First defined: fisher at the bar `length` − 1, signal one bar later.
 */
export function fisher(length: number): { readonly fisher: Column; readonly signal: Column } {
  requireLength("fisher", "length", length);
  const middle: Column = { kind: "kernel", kernel: middleKernel, params: {}, inputs: [high, low], output: "value" };
  const line: Column = {
    kind: "kernel",
    kernel: fisherKernel,
    params: {},
    inputs: [highest(middle, length), lowest(middle, length), middle],
    output: "value",
  };
  return { fisher: line, signal: lag(line, 1) };
}

export const fisherKernel: KernelDefinition = {
  name: "fisher",
  outputs: ["value"],
  create: () => overDefinedRuns(new Fisher()),
};

class Fisher implements RunKernel {
  #place = 0;
  #fisher = 0;

  advance([tops, bottoms, values]: readonly Float64Array[], [lines]: readonly Float64Array[], bars: DefinedRun): void {
    let place = this.#place;
    let line = this.#fisher;
    for (let i = bars.from; i < bars.to; i++) {
      const range = tops[i] - bottoms[i];
      const within = range === 0 ? 0 : (values[i] - bottoms[i]) / range - 0.5;
      place = Math.min(0.999, Math.max(-0.999, 0.66 * within + 0.67 * place));
      // Adding 0 turns -0, which JSON does not know, into 0.
      line = 0.5 * Math.log((1 + place) / (1 - place)) + 0.5 * line + 0;
      lines[i] = line;
    }
    this.#place = place;
    this.#fisher = line;
  }

  clear(): void {
    this.#place = 0;
    this.#fisher = 0;
  }

  save(): JsonValue {
    return { place: this.#place + 0, fisher: this.#fisher };
  }

  restore(state: JsonValue): void {
    this.#place = savedNumber(state, "place");
    this.#fisher = savedNumber(state, "fisher");
  }
}

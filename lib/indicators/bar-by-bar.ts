import type { Kernel, KernelDefinition } from "../engine/columns.ts";

/** What a bar's output is of that bar's up to four inputs; a result that is not finite is undefined. */
export type BarFormula = (a: number, b: number, c: number, d: number) => number;

type Params = { readonly [name: string]: number };

/** A kernel without memory: each value depends on its own bar's inputs only, and is undefined where any of them is. */
export function barByBar(name: string, formulaOf: (params: Params) => BarFormula): KernelDefinition {
  return { name, outputs: ["value"], create: (params) => createBarByBar(formulaOf(params)) };
}

function createBarByBar(formula: BarFormula): Kernel {
  return {
    update([a, b = a, c = a, d = a], [values]) {
      for (let i = 0; i < values.length; i++) {
        // x × 0 is NaN where x is undefined.
        const isDefined = a[i] * 0 + b[i] * 0 + c[i] * 0 + d[i] * 0 === 0;
        const value = isDefined ? formula(a[i], b[i], c[i], d[i]) : Number.NaN;
        // Adding 0 turns -0, which JSON does not know, into 0.
        values[i] = value - value === 0 ? value + 0 : Number.NaN;
      }
    },
    save: () => null,
    restore() {},
  };
}

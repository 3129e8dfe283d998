import type { Column, Kernel, KernelDefinition } from "../engine/columns.ts";
import { requireFinite } from "./parameter-checks.ts";

/** The finite number `value` at every bar, as a level to compare with. Defined from the first bar on. */
export function constant(value: number): Column {
  requireFinite("constant", "value", value);
  // Adding 0 turns -0, which JSON does not know, into 0.
  return { kind: "kernel", kernel: constantKernel, params: { value: value + 0 }, inputs: [], output: "value" };
}

export const constantKernel: KernelDefinition = {
  name: "constant",
  outputs: ["value"],
  create: ({ value }) => createConstant(value),
};

function createConstant(value: number): Kernel {
  return {
    update(_inputs, [values]) {
      values.fill(value);
    },
    save: () => null,
    restore() {},
  };
}

import type { Column, KernelDefinition } from "../engine/columns.ts";
import { overDefinedRuns } from "./defined-runs.ts";
import { requireLength } from "./parameter-checks.ts";
import { WindowMaximum } from "./window-extremes.ts";
import { WindowKernel } from "./window-kernel.ts";

/** The greatest of the last `length` values, the current one included. First defined at the bar `length` − 1. */
export function highest(input: Column, length: number): Column {
  requireLength("highest", "length", length);
  return { kind: "kernel", kernel: highestKernel, params: { length }, inputs: [input], output: "value" };
}

/** The least of the last `length` values, the current one included. First defined at the bar `length` − 1. */
export function lowest(input: Column, length: number): Column {
  requireLength("lowest", "length", length);
  return { kind: "kernel", kernel: lowestKernel, params: { length }, inputs: [input], output: "value" };
}

export const highestKernel: KernelDefinition = {
  name: "highest",
  outputs: ["value"],
  create: ({ length }) => overDefinedRuns(new WindowKernel(length, new WindowMaximum(length, 1))),
};

export const lowestKernel: KernelDefinition = {
  name: "lowest",
  outputs: ["value"],
  create: ({ length }) => overDefinedRuns(new WindowKernel(length, new WindowMaximum(length, -1))),
};

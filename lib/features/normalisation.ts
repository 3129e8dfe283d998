import { z } from "zod";
import type { Column, KernelDefinition } from "../engine/columns.ts";

/** How a raw input is scaled, with the figures of the data that the model was trained on. */
export const normalisationSchema = z.discriminatedUnion("method", [
  z.strictObject({ method: z.literal("minmax"), min: z.number(), max: z.number() }),
  z.strictObject({ method: z.literal("zscore"), mean: z.number(), std: z.number().min(0) }),
  z.strictObject({ method: z.literal("none") }),
]);

export type Normalisation = z.output<typeof normalisationSchema>;

/** (x − min) / (max − min), not held within 0 and 1; (x − mean) / std; or x. 0 where the training data did not vary; NaN (missing) where x is not finite. */
export function normalise(normalisation: Normalisation, x: number): number {
  const { offset, scale } = linear(normalisation);
  return Number.isFinite(x) ? scaled(x, offset, scale) : Number.NaN;
}

/** `normalise` of every value of the input. */
export function normalisedColumn(normalisation: Normalisation, input: Column): Column {
  if (normalisation.method === "none") return input;
  return { kind: "kernel", kernel: normaliseKernel, params: linear(normalisation), inputs: [input], output: "value" };
}

/** Models read many of these, so that it has a loop of its own. */
export const normaliseKernel: KernelDefinition = {
  name: "normalise",
  outputs: ["value"],
  create: ({ offset, scale }) => ({
    update([input], [values]) {
      for (let i = 0; i < values.length; i++) {
        const value = input[i] - input[i] === 0 ? scaled(input[i], offset, scale) : Number.NaN;
        // Adding 0 turns -0, which JSON does not know, into 0.
        values[i] = value - value === 0 ? value + 0 : Number.NaN;
      }
    },
    save: () => null,
    restore() {},
  }),
};

function linear(normalisation: Normalisation): { readonly offset: number; readonly scale: number } {
  // Adding 0 turns -0, which JSON does not know, into 0.
  switch (normalisation.method) {
    case "minmax":
      return { offset: normalisation.min + 0, scale: normalisation.max - normalisation.min };
    case "zscore":
      return { offset: normalisation.mean + 0, scale: normalisation.std + 0 };
    case "none":
      return { offset: 0, scale: 1 };
  }
}

function scaled(x: number, offset: number, scale: number): number {
  return scale === 0 ? 0 : (x - offset) / scale;
}

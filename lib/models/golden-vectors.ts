import { z } from "zod";
import { ModelBundleError } from "./bundle-error.ts";
import type { BundleMetadata } from "./bundle-metadata.ts";
import { rowShape } from "./check-onnx.ts";
import type { LoadedModel } from "./inference.ts";

/** Rows of inputs with the outputs that the exporting machine had, and how far another may miss them: |difference| ≤ tolerance · max(1, |expected|). */
export type GoldenVectors = z.output<typeof goldenSchema>;

const goldenSchema = z.strictObject({
  tolerance: z.number().positive().max(1).default(1e-5),
  vectors: z.array(z.strictObject({ input: z.array(z.number()), output: z.array(z.number()) })).min(1),
});

/** One number that this machine computes differently. */
export type GoldenDifference = {
  readonly vector: number;
  readonly output: number;
  readonly expected: number;
  readonly found: number;
};

/** Reads golden.json. Throws ModelBundleError where it is no such file, or its rows are of other sizes than the model's. */
export function parseGolden(text: string, metadata: BundleMetadata, bundle: string): GoldenVectors {
  const result = goldenSchema.safeParse(json(text));
  if (!result.success)
    throw new ModelBundleError(bundle, [
      "golden.json: expected { tolerance, vectors: [{ input, output }] }. Export it again.",
    ]);
  const width = rowShape(metadata).reduce((product, size) => product * size, 1);
  const outputs = metadata.output.kind === "regression" ? 1 : metadata.output.classes.length;
  const wrong = result.data.vectors.findIndex(
    ({ input, output }) => input.length !== width || output.length !== outputs,
  );
  if (wrong >= 0)
    throw new ModelBundleError(bundle, [
      `golden.json: vectors[${wrong}]: expected ${width} inputs and ${outputs} outputs. Export it again.`,
    ]);
  return result.data;
}

/** Where this machine's outputs differ from the golden ones by more than the tolerance; none is good. */
export function verifyGolden(model: LoadedModel, { tolerance, vectors }: GoldenVectors): readonly GoldenDifference[] {
  const outputs = model.infer(Float32Array.from(vectors.flatMap(({ input }) => input)), 0);
  return vectors.flatMap(({ output }, vector) =>
    output.flatMap((expected, i) => {
      const found = outputs[vector * model.outputWidth + i];
      const isNear = Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected));
      return isNear ? [] : [{ vector, output: i, expected, found }];
    }),
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

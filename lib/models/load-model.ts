import type { Bundle } from "./bundle.ts";
import { ModelBundleError } from "./bundle-error.ts";
import { LoadedModel } from "./inference.ts";
import { sumTolerance } from "./model-output.ts";
import { RuntimeMissingError } from "./native-session.ts";

/** Loads a checked bundle into the runtime and asks it once, to see that its rows do not depend on each other and that probabilities add up to 1. Throws ModelBundleError. */
export function loadModel({ id, model, metadata, ports }: Bundle): LoadedModel {
  const loaded = new LoadedModel(id, model, metadata, ports);
  open(loaded);
  const row = probeRow(loaded.inputWidth);
  const answer = loaded.infer(row, 0);
  const faults = [
    ...(isIndependent(loaded, row, answer)
      ? []
      : [
          "model.onnx: a row's outputs depend on the other rows of its batch, so that they would depend on how the bars are cut. Export it for inference, with nothing computed across the batch.",
        ]),
    ...sumFaults(loaded, answer),
  ];
  if (faults.length === 0) return loaded;
  loaded.dispose();
  throw new ModelBundleError(`"${metadata.name}"`, faults);
}

function open(model: LoadedModel): void {
  try {
    model.open();
  } catch (error) {
    if (error instanceof RuntimeMissingError || !(error instanceof Error)) throw error;
    throw new ModelBundleError(`"${model.metadata.name}"`, [
      `model.onnx: the runtime cannot load it: ${error.message}. Export it again.`,
    ]);
  }
}

function probeRow(width: number): Float32Array {
  return Float32Array.from({ length: width }, (_, i) => ((i * 37) % 19) / 19 - 0.4);
}

/** The same row, in the same place, once alone and once among others, must have the same bits. */
function isIndependent(model: LoadedModel, row: Float32Array, alone: Float32Array): boolean {
  const { length } = row;
  const among = Float32Array.from({ length: 3 * length }, (_, i) => (i < length ? row[i] : ((i * 53) % 23) / 5 - 2));
  return model
    .infer(among, 0)
    .subarray(0, alone.length)
    .every((value, i) => Object.is(value, alone[i]));
}

/** Logits that the metadata call probabilities. Numbers that are not finite say nothing of it. */
function sumFaults({ metadata: { output } }: LoadedModel, answer: Float32Array): string[] {
  if (output.kind === "regression" || output.scale === "logits" || !answer.every(Number.isFinite)) return [];
  const sum = answer.reduce((total, value) => total + value, 0);
  if (Math.abs(sum - 1) <= sumTolerance) return [];
  return [
    `model.onnx: metadata.json says probabilities, which add up to 1, found ${answer.join(", ")}. Correct metadata.json: output.scale, to logits, or export the probabilities.`,
  ];
}

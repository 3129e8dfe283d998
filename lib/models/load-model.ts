import type { Bundle } from "./bundle.ts";
import { ModelBundleError } from "./bundle-error.ts";
import { LoadedModel } from "./inference.ts";
import { RuntimeMissingError } from "./native-session.ts";

/** Loads a checked bundle into the runtime and asks it once, to see that its rows do not depend on each other. Throws ModelBundleError. */
export function loadModel({ id, model, metadata, ports }: Bundle): LoadedModel {
  const loaded = new LoadedModel(id, model, metadata, ports);
  open(loaded);
  if (!rowsAreIndependent(loaded)) {
    loaded.dispose();
    throw new ModelBundleError(`"${metadata.name}"`, [
      "model.onnx: a row's outputs depend on the other rows of its batch, so that they would depend on how the bars are cut. Export it for inference, with nothing computed across the batch.",
    ]);
  }
  return loaded;
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

/** The same row, in the same place, once alone and once among others, must have the same bits. */
function rowsAreIndependent(model: LoadedModel): boolean {
  const width = model.inputWidth;
  const row = Float32Array.from({ length: width }, (_, i) => ((i * 37) % 19) / 19 - 0.4);
  const among = Float32Array.from({ length: 3 * width }, (_, i) => (i < width ? row[i] : ((i * 53) % 23) / 5 - 2));
  const alone = model.infer(row, 0);
  return model
    .infer(among, 0)
    .subarray(0, alone.length)
    .every((value, i) => Object.is(value, alone[i]));
}

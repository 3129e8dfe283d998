import { ModelBundleError } from "./bundle-error.ts";

/** A model in memory is held as file and again, prepared for its operators, by the runtime, while it is read into it. */
const copies = 3;

/** Refuses a model for which the memory does not suffice, before it is read. Throws ModelBundleError. */
export function requireMemory(where: string, modelBytes: number, availableBytes: number): void {
  if (modelBytes * copies <= availableBytes) return;
  throw new ModelBundleError(where, [
    `model.onnx: its ${megabytes(modelBytes)} MB need about ${megabytes(modelBytes * copies)} MB of memory, and ${megabytes(availableBytes)} MB are available. Give it more memory, or export a smaller model.`,
  ]);
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1_048_576);
}

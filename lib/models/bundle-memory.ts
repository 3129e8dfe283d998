import { ModelBundleError } from "./bundle-error.ts";

/** A model in memory is held as file and again, prepared for its operators, by the runtime, while it is read into it. */
const copies = 3;

/** Refuses a model for which the memory does not suffice, before it is read. Throws ModelBundleError. */
export function requireMemory(where: string, modelBytes: number, availableBytes: number): void {
  if (modelBytes * copies <= availableBytes) return;
  throw new ModelBundleError(where, [
    `model.onnx: its ${megabytes(modelBytes)} MB need about ${megabytes(modelBytes * copies)} MB of memory, and ${megabytes(availableBytes)} MB are available. Give it more memory (of a deployment: backstitch deploy --memory ${megabytes(modelBytes * copies)}), or export a smaller model.`,
  ]);
}

/** What this process may still take, in bytes; on Lambda not more than the function's memory. */
export function availableBytes({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE }: NodeJS.ProcessEnv): number {
  const functionMegabytes = Number(AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? Number.POSITIVE_INFINITY);
  return Math.min(process.availableMemory(), functionMegabytes * 1_048_576);
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1_048_576);
}

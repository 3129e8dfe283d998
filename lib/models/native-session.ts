import { createRequire } from "node:module";

/** A loaded model, called in place: the runtime's own binding is synchronous, and only its JavaScript face is not. */
export type NativeSession = {
  readonly inputs: readonly NativeValue[];
  readonly outputs: readonly NativeValue[];
  /** Runs one batch through the first input and gives the named output's values; throws what the runtime throws. */
  run(
    input: { readonly name: string; readonly values: Float32Array; readonly dims: readonly number[] },
    output: string,
  ): Float32Array;
  dispose(): void;
};

export type NativeValue = { readonly name: string; readonly isFloat32: boolean; readonly shape: readonly number[] };

/** The runtime is not installed for this platform, or is another version than this code knows. */
export class RuntimeMissingError extends Error {
  override readonly name = "RuntimeMissingError";
}

/** What is wrong is thrown; the runtime would write it to the terminal besides. */
const silent = 4;

/** Loads a model on the CPU with one thread (more were slower beside the engine, and their split would change sums). Throws RuntimeMissingError and what the runtime throws. */
export function openSession(model: Uint8Array): NativeSession {
  const { binding, Tensor } = runtime();
  const session = new binding.InferenceSession();
  session.loadModel(model.buffer, model.byteOffset, model.byteLength, {
    executionProviders: ["cpu"],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    logSeverityLevel: silent,
  });
  return {
    inputs: session.inputMetadata.map(nativeValue),
    outputs: session.outputMetadata.map(nativeValue),
    run(input, output) {
      const feeds = { [input.name]: new Tensor("float32", input.values, input.dims) };
      const result = session.run(feeds, { [output]: null }, { logSeverityLevel: silent })[output];
      if (!(result?.data instanceof Float32Array)) throw new RuntimeMissingError(`Output "${output}" is not float32.`);
      return result.data;
    },
    dispose: () => session.dispose(),
  };
}

type Runtime = {
  readonly binding: { readonly InferenceSession: new () => BoundSession };
  readonly Tensor: new (type: "float32", values: Float32Array, dims: readonly number[]) => object;
};

/** onnxruntime-node 1.30, dist/binding.js: "a simple synchronized inference session". */
type BoundSession = {
  loadModel(buffer: ArrayBufferLike, byteOffset: number, byteLength: number, options: object): void;
  readonly inputMetadata: readonly BoundValue[];
  readonly outputMetadata: readonly BoundValue[];
  run(
    feeds: object,
    fetches: object,
    options: object,
  ): { readonly [name: string]: { readonly data: unknown } | undefined };
  dispose(): void;
};

type BoundValue = {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type: number;
  readonly shape: readonly number[];
};

let loaded: Runtime | undefined;

/** Whether the runtime is installed here. */
export function hasRuntime(): boolean {
  try {
    runtime();
    return true;
  } catch (error) {
    if (error instanceof RuntimeMissingError) return false;
    throw error;
  }
}

/** Loaded on first use, so that a run without a model does not pay for it. */
function runtime(): Runtime {
  loaded ??= loadRuntime();
  return loaded;
}

function loadRuntime(): Runtime {
  const { Tensor, bound } = requireRuntime();
  if (typeof bound.initOrt !== "function" || typeof bound.binding?.InferenceSession !== "function") {
    throw new RuntimeMissingError(
      "onnxruntime-node has no synchronous binding where version 1.30.0 has it. Install onnxruntime-node 1.30.0.",
    );
  }
  bound.initOrt();
  return { binding: bound.binding, Tensor };
}

type Required = {
  readonly Tensor: Runtime["Tensor"];
  readonly bound: { readonly binding: Runtime["binding"]; readonly initOrt: () => void };
};

function requireRuntime(): Required {
  const require = createRequire(import.meta.url);
  try {
    const { Tensor }: Pick<Required, "Tensor"> = require("onnxruntime-node");
    return { Tensor, bound: require("onnxruntime-node/dist/binding.js") };
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND")) throw error;
    throw new RuntimeMissingError(
      "The model runtime is not here. Install onnxruntime-node 1.30.0; in the cloud, deploy with models: -c models=true.",
      { cause: error },
    );
  }
}

function nativeValue({ name, isTensor, type, shape }: BoundValue): NativeValue {
  return { name, isFloat32: isTensor && type === 1, shape };
}

/** An ONNX model as far as it is looked at and written here (onnx.proto3; field numbers in decode-onnx.ts). */
export type OnnxModel = {
  readonly irVersion: number;
  /** Of the default operator set. */
  readonly opset: number;
  readonly producer: string;
  readonly graph: OnnxGraph;
};

export type OnnxGraph = {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
};

export type OnnxNode = {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: { readonly [name: string]: OnnxAttribute };
};

export type OnnxAttribute =
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "ints"; readonly values: readonly number[] }
  | { readonly kind: "tensor"; readonly tensor: OnnxTensor }
  | { readonly kind: "graph"; readonly graph: OnnxGraph }
  | { readonly kind: "other" };

/** `dims` are the sizes; `raw` the little-endian values; `external` the file that holds them instead, where one does. */
export type OnnxTensor = {
  readonly name: string;
  readonly elementType: number;
  readonly dims: readonly number[];
  readonly raw: Uint8Array;
  readonly external: string | undefined;
};

/** An input or output: a dimension is a size, or the name of one that is free ("?" without a name). */
export type OnnxValue = {
  readonly name: string;
  readonly elementType: number;
  readonly shape: readonly (number | string)[];
};

/** TensorProto.DataType, of those that weights have. */
export const elementTypes = { float32: 1, int32: 6, int64: 7, float16: 10, float64: 11, bfloat16: 16 } as const;

/** A float32 tensor of these values in row-major order. */
export function floatTensor(name: string, dims: readonly number[], values: ArrayLike<number>): OnnxTensor {
  const raw = new Uint8Array(values.length * 4);
  const view = new DataView(raw.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(i * 4, values[i], true);
  return { name, elementType: elementTypes.float32, dims, raw, external: undefined };
}

/** The values of a float32 tensor, in row-major order. */
export function floatsOf({ raw }: OnnxTensor): Float32Array {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Float32Array.from({ length: raw.length / 4 }, (_, i) => view.getFloat32(i * 4, true));
}

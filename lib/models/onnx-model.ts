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
export const elementTypes = { float32: 1, int64: 7, float16: 10, float64: 11, bfloat16: 16 } as const;

/** A float32 tensor of these values in row-major order. */
export function floatTensor(name: string, dims: readonly number[], values: ArrayLike<number>): OnnxTensor {
  const raw = new Uint8Array(values.length * 4);
  const view = new DataView(raw.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(i * 4, values[i], true);
  return { name, elementType: elementTypes.float32, dims, raw, external: undefined };
}

/** By floating-point type the bytes of a value, and the bits of its upper two that are all set where it is not finite (IEEE 754). */
const exponents: { readonly [elementType: number]: { readonly bytes: number; readonly mask: number } } = {
  [elementTypes.float16]: { bytes: 2, mask: 0x7c00 },
  [elementTypes.bfloat16]: { bytes: 2, mask: 0x7f80 },
  [elementTypes.float32]: { bytes: 4, mask: 0x7f80 },
  [elementTypes.float64]: { bytes: 8, mask: 0x7ff0 },
};

/** Whether every value is finite; a tensor of whole numbers is. */
export function isFiniteTensor({ elementType, raw }: OnnxTensor): boolean {
  const exponent = exponents[elementType];
  if (exponent === undefined) return true;
  const { bytes, mask } = exponent;
  for (let at = bytes - 2; at + 1 < raw.length; at += bytes)
    if ((((raw[at + 1] << 8) | raw[at]) & mask) === mask) return false;
  return true;
}

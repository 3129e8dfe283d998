import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from "./onnx-model.ts";
import { bytesField, concatenated, floatField, varintField } from "./protobuf.ts";

/** The bytes of an ONNX file; the same model gives the same bytes. */
export function encodeOnnx({ irVersion, opset, producer, graph }: OnnxModel): Uint8Array {
  return concatenated([
    varintField(1, irVersion),
    bytesField(2, producer),
    bytesField(7, graphBytes(graph)),
    bytesField(8, concatenated([bytesField(1, ""), varintField(2, opset)])),
  ]);
}

function graphBytes({ name, nodes, initializers, inputs, outputs }: OnnxGraph): Uint8Array {
  return concatenated([
    ...nodes.map((node) => bytesField(1, nodeBytes(node))),
    bytesField(2, name),
    ...initializers.map((tensor) => bytesField(5, tensorBytes(tensor))),
    ...inputs.map((value) => bytesField(11, valueBytes(value))),
    ...outputs.map((value) => bytesField(12, valueBytes(value))),
  ]);
}

function nodeBytes({ op, inputs, outputs, attributes }: OnnxNode): Uint8Array {
  return concatenated([
    ...inputs.map((name) => bytesField(1, name)),
    ...outputs.map((name) => bytesField(2, name)),
    bytesField(4, op),
    ...Object.entries(attributes).map(([name, attribute]) => bytesField(5, attributeBytes(name, attribute))),
  ]);
}

function attributeBytes(name: string, attribute: OnnxAttribute): Uint8Array {
  return concatenated([bytesField(1, name), ...attributeValue(attribute)]);
}

function attributeValue(attribute: OnnxAttribute): readonly Uint8Array[] {
  switch (attribute.kind) {
    case "float":
      return [floatField(2, attribute.value), varintField(20, 1)];
    case "int":
      return [varintField(3, attribute.value), varintField(20, 2)];
    case "text":
      return [bytesField(4, attribute.value), varintField(20, 3)];
    case "tensor":
      return [bytesField(5, tensorBytes(attribute.tensor)), varintField(20, 4)];
    case "graph":
      return [bytesField(6, graphBytes(attribute.graph)), varintField(20, 5)];
    case "ints":
      return [...attribute.values.map((value) => varintField(8, value)), varintField(20, 7)];
    case "other":
      return [];
  }
}

function tensorBytes({ name, elementType, dims, raw, external }: OnnxTensor): Uint8Array {
  const place =
    external === undefined
      ? [bytesField(9, raw)]
      : [bytesField(13, concatenated([bytesField(1, "location"), bytesField(2, external)])), varintField(14, 1)];
  return concatenated([
    ...dims.map((size) => varintField(1, size)),
    varintField(2, elementType),
    bytesField(8, name),
    ...place,
  ]);
}

function valueBytes({ name, elementType, shape }: OnnxValue): Uint8Array {
  const dimensions = shape.map((size) =>
    bytesField(1, typeof size === "number" ? varintField(1, size) : bytesField(2, size)),
  );
  const tensor = concatenated([varintField(1, elementType), bytesField(2, concatenated(dimensions))]);
  return concatenated([bytesField(1, name), bytesField(2, bytesField(1, tensor))]);
}

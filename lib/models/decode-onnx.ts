import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from "./onnx-model.ts";
import { type ProtobufField, readFields, readVarints } from "./protobuf.ts";

/** Reads an ONNX file. Throws ProtobufError where it is no such message, or was cut short. */
export function decodeOnnx(bytes: Uint8Array): OnnxModel {
  const fields = readFields(bytes);
  const opsets = fields.filter((field) => field.number === 8).map((field) => readFields(bytesOf(field)));
  const main = opsets.find((opset) => ["", "ai.onnx"].includes(textOf(opset, 1)));
  return {
    irVersion: numberOf(fields, 1),
    opset: main === undefined ? 0 : numberOf(main, 2),
    producer: [textOf(fields, 2), textOf(fields, 3)].filter((text) => text !== "").join(" "),
    graph: graphOf(messageOf(fields, 7)),
  };
}

function graphOf(fields: readonly ProtobufField[]): OnnxGraph {
  return {
    name: textOf(fields, 2),
    nodes: messagesOf(fields, 1).map(nodeOf),
    initializers: messagesOf(fields, 5).map(tensorOf),
    inputs: messagesOf(fields, 11).map(namedValueOf),
    outputs: messagesOf(fields, 12).map(namedValueOf),
  };
}

function nodeOf(fields: readonly ProtobufField[]): OnnxNode {
  return {
    op: textOf(fields, 4),
    inputs: textsOf(fields, 1),
    outputs: textsOf(fields, 2),
    attributes: Object.fromEntries(messagesOf(fields, 5).map((field) => [textOf(field, 1), attributeOf(field)])),
  };
}

function attributeOf(fields: readonly ProtobufField[]): OnnxAttribute {
  switch (numberOf(fields, 20)) {
    case 1: {
      const field = fields.find(({ number }) => number === 2);
      const bytes = field?.kind === "fixed" ? field.bytes : new Uint8Array(4);
      return { kind: "float", value: new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true) };
    }
    case 2:
      return { kind: "int", value: numberOf(fields, 3) };
    case 3:
      return { kind: "text", value: textOf(fields, 4) };
    case 4:
      return { kind: "tensor", tensor: tensorOf(messageOf(fields, 5)) };
    case 5:
      return { kind: "graph", graph: graphOf(messageOf(fields, 6)) };
    case 7:
      return { kind: "ints", values: numbersOf(fields, 8) };
    default:
      return { kind: "other" };
  }
}

function tensorOf(fields: readonly ProtobufField[]): OnnxTensor {
  const external = messagesOf(fields, 13).find((entry) => textOf(entry, 1) === "location");
  // Values stand in raw_data, or in the list of their own type, whose packed floats have the same bytes.
  const raw =
    fields.find(({ number }) => number === 9) ?? fields.find(({ number, kind }) => number === 4 && kind === "bytes");
  return {
    name: textOf(fields, 8),
    elementType: numberOf(fields, 2),
    dims: numbersOf(fields, 1),
    raw: raw === undefined ? new Uint8Array() : bytesOf(raw),
    external: external === undefined && numberOf(fields, 14) !== 1 ? undefined : textOf(external ?? [], 2),
  };
}

function namedValueOf(fields: readonly ProtobufField[]): OnnxValue {
  const tensor = messageOf(messageOf(fields, 2), 1);
  const shape = messagesOf(messageOf(tensor, 2), 1).map((dimension) => {
    const isFree = !dimension.some(({ number }) => number === 1);
    return isFree ? textOf(dimension, 2) || "?" : numberOf(dimension, 1);
  });
  return { name: textOf(fields, 1), elementType: numberOf(tensor, 1), shape };
}

function messageOf(fields: readonly ProtobufField[], number: number): readonly ProtobufField[] {
  return messagesOf(fields, number).at(-1) ?? [];
}

function messagesOf(fields: readonly ProtobufField[], number: number): readonly (readonly ProtobufField[])[] {
  return fields.filter((field) => field.number === number).map((field) => readFields(bytesOf(field)));
}

function textsOf(fields: readonly ProtobufField[], number: number): readonly string[] {
  return fields.filter((field) => field.number === number).map((field) => new TextDecoder().decode(bytesOf(field)));
}

function textOf(fields: readonly ProtobufField[], number: number): string {
  return textsOf(fields, number).at(-1) ?? "";
}

function numbersOf(fields: readonly ProtobufField[], number: number): readonly number[] {
  const own = fields.filter((field) => field.number === number);
  const values = own.flatMap((field) => (field.kind === "varint" ? [field.value] : readVarints(bytesOf(field))));
  return values.map((value) => Number(BigInt.asIntN(64, value)));
}

function numberOf(fields: readonly ProtobufField[], number: number): number {
  return numbersOf(fields, number).at(-1) ?? 0;
}

function bytesOf(field: ProtobufField): Uint8Array {
  return field.kind === "varint" ? new Uint8Array() : field.bytes;
}

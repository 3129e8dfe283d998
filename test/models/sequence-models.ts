import {
  elementTypes,
  floatTensor,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
} from "../../lib/models/onnx-model.ts";

const ints = (...values: readonly number[]): OnnxAttribute => ({ kind: "ints", values });
const int = (value: number): OnnxAttribute => ({ kind: "int", value });
const node = (
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: OnnxNode["attributes"] = {},
): OnnxNode => ({
  op,
  inputs,
  outputs: op === "LSTM" ? ["", output] : [output],
  attributes,
});

/** As PyTorch exports an LSTM with a linear layer on its last state: input [batch, window, features]. */
export function lstmModel(window: number, features: number, hidden: number, random: () => number): OnnxModel {
  return model(
    "lstm",
    [window, features],
    [
      node("Transpose", ["features"], "steps", { perm: ints(1, 0, 2) }),
      node("LSTM", ["steps", "w", "r", "b"], "last", { hidden_size: int(hidden) }),
      node("Squeeze", ["last", "axis"], "state"),
      node("Gemm", ["state", "weights", "biases"], "output", { transB: int(1) }),
    ],
    [
      floatTensor("w", [1, 4 * hidden, features], numbers(4 * hidden * features, random)),
      floatTensor("r", [1, 4 * hidden, hidden], numbers(4 * hidden * hidden, random)),
      floatTensor("b", [1, 8 * hidden], numbers(8 * hidden, random)),
      { name: "axis", elementType: elementTypes.int64, dims: [1], raw: new Uint8Array(8), external: undefined },
      floatTensor("weights", [3, hidden], numbers(3 * hidden, random)),
      floatTensor("biases", [3], numbers(3, random)),
    ],
  );
}

/** A convolution over time, its mean over time and a linear layer: input [batch, features, window]. */
export function convolutionModel(window: number, features: number, hidden: number, random: () => number): OnnxModel {
  return model(
    "convolution",
    [features, window],
    [
      node("Conv", ["features", "kernel", "shift"], "convolved", { kernel_shape: ints(2) }),
      node("Relu", ["convolved"], "active"),
      node("GlobalAveragePool", ["active"], "pooled"),
      node("Flatten", ["pooled"], "state"),
      node("Gemm", ["state", "weights", "biases"], "output", { transB: int(1) }),
    ],
    [
      floatTensor("kernel", [hidden, features, 2], numbers(hidden * features * 2, random)),
      floatTensor("shift", [hidden], numbers(hidden, random)),
      floatTensor("weights", [3, hidden], numbers(3 * hidden, random)),
      floatTensor("biases", [3], numbers(3, random)),
    ],
  );
}

function model(
  name: string,
  row: readonly number[],
  nodes: readonly OnnxNode[],
  initializers: OnnxModel["graph"]["initializers"],
): OnnxModel {
  const { float32 } = elementTypes;
  return {
    irVersion: 8,
    opset: 17,
    producer: "test",
    graph: {
      name,
      nodes,
      initializers,
      inputs: [{ name: "features", elementType: float32, shape: ["batch", ...row] }],
      outputs: [{ name: "output", elementType: float32, shape: ["batch", 3] }],
    },
  };
}

function numbers(count: number, random: () => number): Float32Array {
  return Float32Array.from({ length: count }, () => random() - 0.5);
}

import { elementTypes, floatTensor, type OnnxModel, type OnnxNode, type OnnxTensor } from "./onnx-model.ts";

/** One dense layer: `weights` are row-major, one row an output; `activation` follows it. */
export type DenseLayer = {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: ArrayLike<number>;
  readonly biases: ArrayLike<number>;
  readonly activation: "none" | "relu";
};

/** The ONNX model of these layers: input "features" [batch, inputs], output "output" [batch, outputs of the last], both float32. */
export function denseNetworkModel(layers: readonly DenseLayer[], producer: string): OnnxModel {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  let input = "features";
  for (const [i, layer] of layers.entries()) {
    const output = i === layers.length - 1 && layer.activation === "none" ? "output" : `dense${i}`;
    initializers.push(floatTensor(`weights${i}`, [layer.outputs, layer.inputs], layer.weights));
    initializers.push(floatTensor(`biases${i}`, [layer.outputs], layer.biases));
    nodes.push({
      op: "Gemm",
      inputs: [input, `weights${i}`, `biases${i}`],
      outputs: [output],
      attributes: { transB: { kind: "int", value: 1 } },
    });
    input = output;
    if (layer.activation === "relu") {
      const active = i === layers.length - 1 ? "output" : `relu${i}`;
      nodes.push({ op: "Relu", inputs: [input], outputs: [active], attributes: {} });
      input = active;
    }
  }
  const sizes = { inputs: layers[0]?.inputs ?? 0, outputs: layers.at(-1)?.outputs ?? 0 };
  const { float32 } = elementTypes;
  return {
    irVersion: 8,
    opset: 17,
    producer,
    graph: {
      name: "dense",
      nodes,
      initializers,
      inputs: [{ name: "features", elementType: float32, shape: ["batch", sizes.inputs] }],
      outputs: [{ name: "output", elementType: float32, shape: ["batch", sizes.outputs] }],
    },
  };
}

import type { BundleMetadata } from "./bundle-metadata.ts";
import {
  elementTypes,
  isFiniteTensor,
  type OnnxGraph,
  type OnnxModel,
  type OnnxTensor,
  type OnnxValue,
} from "./onnx-model.ts";

/** The operator sets that the runtime of this version supports. */
const supportedOpsets = { least: 7, most: 26 };

/** More rows at once would only take memory. */
const greatestBatch = 65_536;

/** Where a model takes its rows and gives its answers, and how many rows it takes at once; undefined where any number. */
export type ModelPorts = {
  readonly input: string;
  readonly output: string;
  readonly width: number;
  readonly fixedRows: number | undefined;
};

/** The model's ports and everything in which it is unusable or differs from what the metadata say: none where it is good. */
export function checkOnnx(
  model: OnnxModel,
  metadata: BundleMetadata,
): { readonly ports: ModelPorts; readonly faults: readonly string[] } {
  const { graph } = model;
  const inputs = graph.inputs.filter(({ name }) => !graph.initializers.some((tensor) => tensor.name === name));
  const input = inputs.find(({ name }) => name === (metadata.input.name ?? inputs[0]?.name));
  const output = graph.outputs.find(({ name }) => name === (metadata.outputName ?? graph.outputs[0]?.name));
  const width = metadata.output.kind === "regression" ? 1 : metadata.output.classes.length;
  const faults = [
    ...opsetFaults(model, metadata),
    ...(inputs.length > 1 ? [`model.onnx: expected one input, found ${namesOf(inputs)}. Export it with one.`] : []),
    ...(input === undefined
      ? [
          `model.onnx: expected the input "${metadata.input.name ?? "features"}", found ${namesOf(inputs)}. Correct metadata.json: input.name.`,
        ]
      : shapeFaults("input", input, rowShape(metadata))),
    ...(output === undefined
      ? [
          `model.onnx: expected the output "${metadata.outputName ?? "output"}", found ${namesOf(graph.outputs)}. Correct metadata.json: outputName.`,
        ]
      : shapeFaults(
          "output",
          output,
          metadata.output.kind === "regression" && output.shape.length === 1 ? [] : [width],
        )),
    ...scaleFaults(graph, output?.name, metadata),
    ...tensorsOf(graph).flatMap(tensorFaults),
  ];
  const batch = input?.shape[0];
  return {
    ports: {
      input: input?.name ?? "",
      output: output?.name ?? "",
      width,
      fixedRows: typeof batch === "number" ? batch : undefined,
    },
    faults,
  };
}

/** The dimensions of one row of inputs. */
export function rowShape({ features, input }: BundleMetadata): readonly number[] {
  switch (input.layout) {
    case "flat":
      return [input.window * features.length];
    case "steps":
      return [input.window, features.length];
    case "channels":
      return [features.length, input.window];
  }
}

function opsetFaults({ opset }: OnnxModel, metadata: BundleMetadata): string[] {
  const { least, most } = supportedOpsets;
  if (opset < least || opset > most)
    return [`model.onnx: expected an opset from ${least} to ${most}, found ${opset}. Export it with opset 17.`];
  if (opset !== metadata.opset)
    return [`model.onnx: its opset is ${opset}, metadata.json says ${metadata.opset}. Export both together.`];
  return [];
}

function shapeFaults(what: string, { name, elementType, shape }: OnnxValue, row: readonly number[]): string[] {
  const faults: string[] = [];
  if (elementType !== elementTypes.float32)
    faults.push(
      `model.onnx: ${what} "${name}" is expected to be float32 (type 1), found type ${elementType}. Export it in float32.`,
    );
  const [batch, ...rest] = shape;
  const isBatch = typeof batch === "string" || (batch !== undefined && batch >= 1 && batch <= greatestBatch);
  if (!isBatch || rest.length !== row.length || rest.some((size, i) => size !== row[i])) {
    faults.push(
      `model.onnx: ${what} "${name}" is expected to have the shape [batch, ${row.join(", ")}] that metadata.json describes, found [${shape.join(", ")}]. Export it with these sizes; only the first may be free.`,
    );
  }
  return faults;
}

/** Operators that hand their first input on, in another form at most. */
const handingOn: ReadonlySet<string> = new Set(["Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze"]);

/** Softmax over probabilities would flatten them in silence. */
function scaleFaults({ nodes }: OnnxGraph, output: string | undefined, metadata: BundleMetadata): string[] {
  if (output === undefined || metadata.output.kind === "regression" || metadata.output.scale !== "logits") return [];
  const makerOf = (name: string | undefined) => nodes.find(({ outputs }) => outputs.some((one) => one === name));
  let maker = makerOf(output);
  // A graph that leads in a circle is the runtime's to refuse.
  for (let steps = 0; steps < nodes.length && maker !== undefined && handingOn.has(maker.op); steps++)
    maker = makerOf(maker.inputs[0]);
  if (maker?.op !== "Softmax") return [];
  return [
    `model.onnx: output "${output}" comes out of a Softmax, and metadata.json says logits, which would be put through one again. Correct metadata.json: output.scale, to probabilities.`,
  ];
}

function tensorFaults(tensor: OnnxTensor): string[] {
  if (tensor.external !== undefined) {
    return [
      `model.onnx: weights "${tensor.name}" lie in another file ("${tensor.external}"), and files outside the bundle are not read. Export the model as one file.`,
    ];
  }
  if (!isFiniteTensor(tensor))
    return [`model.onnx: weights "${tensor.name}" hold a value that is not finite. Train it again.`];
  return [];
}

/** Every tensor of the graph, of its attributes and of graphs in them. */
function tensorsOf(graph: OnnxGraph): readonly OnnxTensor[] {
  const attributes = graph.nodes.flatMap((node) => Object.values(node.attributes));
  return [
    ...graph.initializers,
    ...attributes.flatMap((attribute) =>
      attribute.kind === "tensor" ? [attribute.tensor] : attribute.kind === "graph" ? tensorsOf(attribute.graph) : [],
    ),
  ];
}

function namesOf(values: readonly OnnxValue[]): string {
  return values.map(({ name }) => `"${name}"`).join(", ") || "none";
}

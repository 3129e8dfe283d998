import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeOnnx } from "../../lib/models/decode-onnx.ts";
import { type DenseLayer, denseNetworkModel } from "../../lib/models/dense-network.ts";
import { encodeOnnx } from "../../lib/models/encode-onnx.ts";
import { openSession } from "../../lib/models/native-session.ts";
import { softmax } from "../../lib/models/softmax.ts";
import { evaluateDense } from "./dense-reference.ts";

const small: readonly DenseLayer[] = [
  { inputs: 2, outputs: 2, weights: [0.5, -0.25, 0.75, 1], biases: [0.1, -0.2], activation: "relu" },
  { inputs: 2, outputs: 3, weights: [1, 0.5, -0.5, 0.25, 0.3, -1], biases: [0, 0.1, -0.1], activation: "none" },
];

test("the small network has the known hidden values, logits and probabilities", () => {
  const logits = evaluateDense(small, [0.4, 0.8]);
  for (const [i, expected] of [0.1, 0.9].entries())
    expect(evaluateDense(small.slice(0, 1), [0.4, 0.8])[i]).toBeCloseTo(expected, 12);
  for (const [i, expected] of [0.55, 0.275, -0.97].entries()) expect(logits[i]).toBeCloseTo(expected, 12);
  const probabilities = softmax(logits);
  for (const [i, expected] of [0.50548859, 0.38395504, 0.11055636].entries())
    expect(probabilities[i]).toBeCloseTo(expected, 7);
});

test("the runtime computes what the formula does, of a written file", () => {
  const session = openSession(encodeOnnx(denseNetworkModel(small, "test")));
  const outputs = session.run({ name: "features", values: Float32Array.of(0.4, 0.8), dims: [1, 2] }, "output");
  for (const [i, expected] of [0.55, 0.275, -0.97].entries()) expect(outputs[i]).toBeCloseTo(expected, 6);
  session.dispose();
});

test("what is written is read again", () => {
  const model = denseNetworkModel(small, "test");
  expect(decodeOnnx(encodeOnnx(model))).toEqual(model);
});

test("random networks give the formula's values within float32", () => {
  fc.assert(
    fc.property(networks, ({ layers, features }) => {
      const session = openSession(encodeOnnx(denseNetworkModel(layers, "test")));
      const outputs = session.run(
        { name: "features", values: Float32Array.from(features), dims: [1, features.length] },
        "output",
      );
      session.dispose();
      for (const [i, expected] of evaluateDense(layers, features).entries())
        expect(Math.abs(outputs[i] - expected)).toBeLessThan(1e-4 * (1 + Math.abs(expected)));
    }),
    { numRuns: 30 },
  );
});

test("a file cut anywhere is refused or lacks its outputs, and never read beyond its end", () => {
  const bytes = encodeOnnx(denseNetworkModel(small, "test"));
  for (let length = 0; length < bytes.length; length++) {
    const read = () => decodeOnnx(bytes.subarray(0, length));
    try {
      const { opset } = read();
      expect(opset).toBe(0);
    } catch (error) {
      expect(error).toHaveProperty("name", "ProtobufError");
    }
  }
});

const weight = fc.float({ min: -2, max: 2, noNaN: true });
const networks = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 4 }).chain((sizes) =>
  fc.record({
    features: fc.array(weight, { minLength: sizes[0], maxLength: sizes[0] }),
    layers: fc.tuple(
      ...sizes.slice(1).map((outputs, i) =>
        fc.record({
          inputs: fc.constant(sizes[i]),
          outputs: fc.constant(outputs),
          weights: fc.array(weight, { minLength: outputs * sizes[i], maxLength: outputs * sizes[i] }),
          biases: fc.array(weight, { minLength: outputs, maxLength: outputs }),
          activation: fc.constant(i === sizes.length - 2 ? ("none" as const) : ("relu" as const)),
        }),
      ),
    ),
  }),
);

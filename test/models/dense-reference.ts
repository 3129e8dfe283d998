import type { DenseLayer } from "../../lib/models/dense-network.ts";

/** A dense network once more, in doubles and straight from its formula: what the runtime's float32 results are held against. */
export function evaluateDense(layers: readonly DenseLayer[], features: readonly number[]): readonly number[] {
  let values = features;
  for (const { inputs, outputs, weights, biases, activation } of layers) {
    const before = values;
    values = Array.from({ length: outputs }, (_, row) => {
      let sum = biases[row];
      for (let k = 0; k < inputs; k++) sum += weights[row * inputs + k] * before[k];
      return activation === "relu" ? Math.max(0, sum) : sum;
    });
  }
  return values;
}

import { InputError } from "../engine/input-error.ts";
import { RandomGenerator, seedRandom } from "../engine/random.ts";
import type { DenseLayer } from "./dense-network.ts";
import { softmax } from "./softmax.ts";

/** Rows to learn from: one column a feature, and the class of each row, from 0. Every value is finite. */
export type TrainingRows = { readonly columns: readonly Float64Array[]; readonly classes: Uint8Array };

export type TrainingSettings = {
  readonly classCount: number;
  /** Sizes of the hidden layers; none for a logistic model. */
  readonly hidden: readonly number[];
  readonly epochs: number;
  readonly batchRows: number;
  readonly learningRate: number;
  /** Weight of the squared weights in the loss. */
  readonly decay: number;
  readonly seed: number;
};

/** The layers learned, and the mean loss (cross-entropy) of each epoch. */
export type TrainedClassifier = { readonly layers: readonly DenseLayer[]; readonly losses: readonly number[] };

/**
 * Trains a dense classifier with rectified hidden layers on softmax cross-entropy by Adam (Kingma and Ba 2015), from a seed and in a seeded order: the same rows give the same
 * bits everywhere. The last layer gives logits. Throws InputError where there are no rows or their sizes differ.
 */
export function trainClassifier(rows: TrainingRows, settings: TrainingSettings): TrainedClassifier {
  const count = rows.classes.length;
  if (count === 0 || rows.columns.length === 0 || rows.columns.some((column) => column.length !== count))
    throw new InputError(
      `Training expects at least one feature and one row, all columns of one length, found ${count} rows. Give it more bars.`,
    );
  const random = new RandomGenerator(seedRandom(settings.seed, "training"));
  const sizes = [rows.columns.length, ...settings.hidden, settings.classCount];
  const layers = sizes
    .slice(1)
    .map((outputs, i) => new TrainableLayer(sizes[i], outputs, i < sizes.length - 2, random));
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const losses: number[] = [];
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    shuffle(order, random);
    let loss = 0;
    for (let from = 0; from < count; from += settings.batchRows) {
      const batch = order.subarray(from, from + settings.batchRows);
      for (const row of batch) loss += learn(layers, rows, row);
      for (const layer of layers) layer.step(batch.length, settings);
    }
    losses.push(loss / count);
  }
  return { layers: layers.map((layer) => layer.frozen()), losses };
}

/** One row forward and its gradients backward; returns its loss. */
function learn(layers: readonly TrainableLayer[], rows: TrainingRows, row: number): number {
  let values: Float64Array = Float64Array.from(rows.columns, (column) => column[row]);
  for (const layer of layers) values = layer.forward(values);
  const probabilities = softmax(values);
  const target = rows.classes[row];
  // Below this a class was as good as impossible, and the logarithm would run away.
  const loss = -Math.log(Math.max(probabilities[target], 1e-300));
  probabilities[target] -= 1;
  let gradient: Float64Array = probabilities;
  for (const layer of layers.toReversed()) gradient = layer.backward(gradient);
  return loss;
}

class TrainableLayer {
  readonly #inputs: number;
  readonly #outputs: number;
  readonly #isRectified: boolean;
  // Weights row by row, then biases; their gradients; Adam's first and second moments.
  readonly #values: Float64Array;
  readonly #gradients: Float64Array;
  readonly #means: Float64Array;
  readonly #squares: Float64Array;
  #input: Float64Array = new Float64Array();
  #output: Float64Array = new Float64Array();
  #meanDecay = 1;
  #squareDecay = 1;

  constructor(inputs: number, outputs: number, isRectified: boolean, random: RandomGenerator) {
    this.#inputs = inputs;
    this.#outputs = outputs;
    this.#isRectified = isRectified;
    // Uniform within ±√(6 / inputs) for rectified layers (He et al. 2015), biases 0.
    const bound = Math.sqrt(6 / inputs);
    this.#values = Float64Array.from({ length: (inputs + 1) * outputs }, (_, i) =>
      i < inputs * outputs ? (random.next() * 2 - 1) * bound : 0,
    );
    this.#gradients = new Float64Array(this.#values.length);
    this.#means = new Float64Array(this.#values.length);
    this.#squares = new Float64Array(this.#values.length);
  }

  forward(input: Float64Array): Float64Array {
    const biases = this.#inputs * this.#outputs;
    const output = new Float64Array(this.#outputs);
    for (let row = 0; row < this.#outputs; row++) {
      let sum = this.#values[biases + row];
      for (let k = 0; k < this.#inputs; k++) sum += this.#values[row * this.#inputs + k] * input[k];
      output[row] = this.#isRectified && sum < 0 ? 0 : sum;
    }
    this.#input = input;
    this.#output = output;
    return output;
  }

  /** Adds the gradients of the row that went forward last; returns those of its inputs. */
  backward(gradient: Float64Array): Float64Array {
    const biases = this.#inputs * this.#outputs;
    const inputGradient = new Float64Array(this.#inputs);
    for (let row = 0; row < this.#outputs; row++) {
      if (this.#isRectified && this.#output[row] === 0) continue;
      const slope = gradient[row];
      this.#gradients[biases + row] += slope;
      for (let k = 0; k < this.#inputs; k++) {
        this.#gradients[row * this.#inputs + k] += slope * this.#input[k];
        inputGradient[k] += slope * this.#values[row * this.#inputs + k];
      }
    }
    return inputGradient;
  }

  /** One step of Adam with the gradients of a batch, which are forgotten then. */
  step(rows: number, { learningRate, decay }: TrainingSettings): void {
    const [keepMean, keepSquare, least] = [0.9, 0.999, 1e-8];
    this.#meanDecay *= keepMean;
    this.#squareDecay *= keepSquare;
    for (let i = 0; i < this.#values.length; i++) {
      const gradient = this.#gradients[i] / rows + decay * this.#values[i];
      this.#means[i] += (gradient - this.#means[i]) * (1 - keepMean);
      this.#squares[i] += (gradient * gradient - this.#squares[i]) * (1 - keepSquare);
      const mean = this.#means[i] / (1 - this.#meanDecay);
      const square = this.#squares[i] / (1 - this.#squareDecay);
      this.#values[i] -= (learningRate * mean) / (Math.sqrt(square) + least);
    }
    this.#gradients.fill(0);
  }

  frozen(): DenseLayer {
    const biases = this.#inputs * this.#outputs;
    return {
      inputs: this.#inputs,
      outputs: this.#outputs,
      weights: this.#values.slice(0, biases),
      biases: this.#values.slice(biases),
      activation: this.#isRectified ? "relu" : "none",
    };
  }
}

/** Fisher and Yates. */
function shuffle(order: Uint32Array, random: RandomGenerator): void {
  for (let i = order.length - 1; i > 0; i--) {
    const k = Math.floor(random.next() * (i + 1));
    [order[i], order[k]] = [order[k], order[i]];
  }
}

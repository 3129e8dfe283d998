import type { Column, Kernel, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { savedNumbersOrNull } from "../indicators/kernel-state.ts";
import type { LoadedModel } from "./inference.ts";

/**
 * A model's outputs at every bar: `outputs` in the model's own order, and `status`, which is 1 where the model answered and 2 where it failed; then the outputs are
 * 0. All are undefined where a feature is undefined in any bar of the window: nothing is asked there.
 */
export type ModelColumns = { readonly outputs: readonly Column[]; readonly status: Column };

/** The columns of a model over its features, which must be in the model's own order. */
export function modelColumns(model: LoadedModel, features: readonly Column[]): ModelColumns {
  const kernel = modelKernel(model, features.length);
  const series = (output: string): Column => ({ kind: "kernel", kernel, params: {}, inputs: features, output });
  return { outputs: kernel.outputs.slice(0, -1).map(series), status: series("status") };
}

/** The kernel of `modelColumns`: one input a feature. */
export function modelKernel(model: LoadedModel, featureCount: number): KernelDefinition {
  return {
    name: `model ${model.id}`,
    outputs: [...Array.from({ length: model.outputWidth }, (_, i) => `output${i}`), "status"],
    create: () => new ModelKernel(model, featureCount),
  };
}

class ModelKernel implements Kernel {
  readonly #model: LoadedModel;
  readonly #featureCount: number;
  readonly #before: number;
  // By feature, the values of the bars before that a window still reaches, oldest first; NaN where undefined.
  readonly #recent: readonly Float64Array[];

  constructor(model: LoadedModel, featureCount: number) {
    this.#model = model;
    this.#featureCount = featureCount;
    this.#before = model.metadata.input.window - 1;
    this.#recent = Array.from({ length: featureCount }, () => new Float64Array(this.#before).fill(Number.NaN));
  }

  update(inputs: readonly Float64Array[], outputs: readonly Float64Array[], startBar: number): void {
    const count = outputs[0].length;
    const tapes = inputs.map((input, k) => joined(this.#recent[k], input));
    const isDefined = this.#definedWindows(tapes, count);
    const rows = this.#model.infer(this.#rowsOf(tapes, isDefined), startBar);
    const width = this.#model.outputWidth;
    for (let i = 0; i < count; i++) {
      const isAnswer = isDefined[i] === 1 && isFiniteRow(rows, i * width, width);
      for (let k = 0; k < width; k++)
        outputs[k][i] = isDefined[i] === 0 ? Number.NaN : isAnswer ? rows[i * width + k] + 0 : 0;
      outputs[width][i] = isDefined[i] === 0 ? Number.NaN : isAnswer ? 1 : 2;
    }
    for (const [k, tape] of tapes.entries()) this.#recent[k].set(tape.subarray(tape.length - this.#before));
  }

  save(): JsonValue {
    return this.#recent.reduce<{ [name: string]: JsonValue }>((state, values, k) => {
      state[`feature${k}`] = Array.from(values, (value) => (Number.isFinite(value) ? value + 0 : null));
      return state;
    }, {});
  }

  restore(state: JsonValue): void {
    for (const [k, values] of this.#recent.entries()) {
      const saved = savedNumbersOrNull(state, `feature${k}`, this.#before);
      values.set(saved.map((value) => value ?? Number.NaN));
    }
  }

  /** 1 for every bar whose window has every feature. */
  #definedWindows(tapes: readonly Float64Array[], count: number): Uint8Array {
    const isDefined = new Uint8Array(count);
    let run = 0;
    for (let i = 0; i < count + this.#before; i++) {
      run = tapes.every((tape) => Number.isFinite(tape[i])) ? run + 1 : 0;
      if (i >= this.#before) isDefined[i - this.#before] = run > this.#before ? 1 : 0;
    }
    return isDefined;
  }

  /** One row of inputs a bar, in the model's layout; zeros where the window is not defined. */
  #rowsOf(tapes: readonly Float64Array[], isDefined: Uint8Array): Float32Array {
    const window = this.#before + 1;
    const isChannels = this.#model.metadata.input.layout === "channels";
    const [perStep, perFeature] = isChannels ? [1, window] : [this.#featureCount, 1];
    const width = this.#model.inputWidth;
    const rows = new Float32Array(isDefined.length * width);
    for (const [k, tape] of tapes.entries()) {
      for (let i = 0; i < isDefined.length; i++) {
        if (isDefined[i] === 0) continue;
        for (let step = 0; step < window; step++) rows[i * width + step * perStep + k * perFeature] = tape[i + step];
      }
    }
    return rows;
  }
}

function joined(recent: Float64Array, input: Float64Array): Float64Array {
  const tape = new Float64Array(recent.length + input.length);
  tape.set(recent);
  tape.set(input, recent.length);
  return tape;
}

function isFiniteRow(values: Float32Array, from: number, width: number): boolean {
  for (let i = from; i < from + width; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

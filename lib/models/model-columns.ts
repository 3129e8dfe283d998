import { columnKey } from "../engine/column-set.ts";
import type { Column, Kernel, KernelDefinition } from "../engine/columns.ts";
import type { JsonValue } from "../engine/json.ts";
import { savedNumbersOrNull } from "../indicators/kernel-state.ts";
import type { BlockRows, LoadedModel } from "./inference.ts";
import { shortKey } from "./short-key.ts";

/**
 * A model's outputs at every bar: `outputs` in the model's own order, and `status`, which is 1 where the model answered and 2 where it failed; then the outputs are
 * 0. All are undefined where a feature is undefined in any bar of the window: nothing is asked there.
 */
export type ModelColumns = { readonly outputs: readonly Column[]; readonly status: Column };

/** The columns of a model over its features, which must be in the model's own order. */
export function modelColumns(model: LoadedModel, features: readonly Column[]): ModelColumns {
  const kernel = modelKernel(model, features.length);
  const key = `${kernel.name.slice(0, 22)} of ${shortKey(features.map(columnKey))}`;
  const series = (output: string): Column => ({ kind: "kernel", kernel, params: {}, inputs: features, output, key });
  return { outputs: kernel.outputs.slice(0, -1).map(series), status: series("status") };
}

/** Answers of a model that were computed elsewhere. */
export type KnownAnswers = {
  /** One row of outputs a bar, row after row, of so many bars from `startBar` on; undefined where they are not known and the model is to be asked. */
  rows(startBar: number, count: number): Float32Array | undefined;
};

/** A kernel that asks a model, and which. */
export type ModelKernelDefinition = KernelDefinition & {
  readonly model: LoadedModel;
  /** The same kernel, with the same name and states, over these answers where they are known. */
  over(answers: KnownAnswers): KernelDefinition;
};

/** Whether a kernel asks a model. */
export function asksModel(kernel: KernelDefinition): kernel is ModelKernelDefinition {
  return "over" in kernel;
}

/** The kernel of `modelColumns`: one input a feature. */
export function modelKernel(model: LoadedModel, featureCount: number): ModelKernelDefinition {
  const definition = {
    name: `model ${model.id}`,
    outputs: [...Array.from({ length: model.outputWidth }, (_, i) => `output${i}`), "status"],
  };
  return {
    ...definition,
    model,
    create: () => new ModelKernel(model, featureCount, undefined),
    over: (answers) => ({ ...definition, create: () => new ModelKernel(model, featureCount, answers) }),
  };
}

class ModelKernel implements Kernel {
  readonly #model: LoadedModel;
  readonly #featureCount: number;
  readonly #answers: KnownAnswers | undefined;
  readonly #before: number;
  // By feature, the values of the bars before that a window still reaches, oldest first; NaN where undefined.
  readonly #recent: readonly Float64Array[];

  constructor(model: LoadedModel, featureCount: number, answers: KnownAnswers | undefined) {
    this.#answers = answers;
    this.#model = model;
    this.#featureCount = featureCount;
    this.#before = model.metadata.input.window - 1;
    this.#recent = Array.from({ length: featureCount }, () => new Float64Array(this.#before).fill(Number.NaN));
  }

  update(inputs: readonly Float64Array[], outputs: readonly Float64Array[], startBar: number): void {
    const count = outputs[0].length;
    const tapes = this.#before === 0 ? inputs : inputs.map((input, k) => joined(this.#recent[k], input));
    const isDefined = definedWindows(tapes, count, this.#before);
    const rows =
      this.#answers?.rows(startBar, count) ??
      this.#model.inferWritten(count, startBar, (block, part) => this.#write(block, part, tapes, isDefined));
    spread(rows, isDefined, outputs);
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

  /** Writes one row of inputs a bar, in the model's layout; zeros where the window is not defined. */
  #write(
    block: Float32Array,
    { place, from, to }: BlockRows,
    tapes: readonly Float64Array[],
    isDefined: Uint8Array,
  ): void {
    const window = this.#before + 1;
    const isChannels = this.#model.metadata.input.layout === "channels";
    const [perStep, perFeature] = isChannels ? [1, window] : [this.#featureCount, 1];
    const width = this.#model.inputWidth;
    const shift = place - from;
    for (let k = 0; k < tapes.length; k++) {
      const tape = tapes[k];
      for (let step = 0; step < window; step++) {
        let at = (from + shift) * width + step * perStep + k * perFeature;
        for (let i = from + step; i < to + step; i++, at += width) block[at] = tape[i];
      }
    }
    for (let i = from; i < to; i++) if (isDefined[i] === 0) block.fill(0, (i + shift) * width, (i + shift + 1) * width);
  }
}

/** 1 for every bar whose window, itself and the `before` bars before it, has every feature. */
function definedWindows(tapes: readonly Float64Array[], count: number, before: number): Uint8Array {
  const isDefined = new Uint8Array(count + before).fill(1);
  // x − x is 0 for every finite x, and NaN otherwise.
  for (const tape of tapes) for (let i = 0; i < isDefined.length; i++) if (tape[i] - tape[i] !== 0) isDefined[i] = 0;
  if (before === 0) return isDefined;
  let run = 0;
  for (let i = 0; i < isDefined.length; i++) {
    run = isDefined[i] === 1 ? run + 1 : 0;
    if (i >= before) isDefined[i - before] = run > before ? 1 : 0;
  }
  return isDefined.subarray(0, count);
}

/** Puts rows of answers into columns, with the status as the last; a row that is not finite is a fault. */
function spread(rows: Float32Array, isDefined: Uint8Array, outputs: readonly Float64Array[]): void {
  const width = outputs.length - 1;
  const statuses = outputs[width];
  for (let i = 0; i < statuses.length; i++) {
    let finite = 0;
    for (let k = i * width; k < (i + 1) * width; k++) finite += rows[k] * 0;
    statuses[i] = isDefined[i] === 0 ? Number.NaN : finite === 0 ? 1 : 2;
  }
  for (let k = 0; k < width; k++) {
    const output = outputs[k];
    for (let i = 0; i < output.length; i++) {
      // Adding 0 turns -0, which JSON does not know, into 0.
      output[i] = statuses[i] === 1 ? rows[i * width + k] + 0 : statuses[i] === 2 ? 0 : Number.NaN;
    }
  }
}

function joined(recent: Float64Array, input: Float64Array): Float64Array {
  const tape = new Float64Array(recent.length + input.length);
  tape.set(recent);
  tape.set(input, recent.length);
  return tape;
}

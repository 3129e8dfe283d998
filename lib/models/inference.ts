import type { BundleMetadata } from "./bundle-metadata.ts";
import { type ModelPorts, rowShape } from "./check-onnx.ts";
import { type NativeSession, openSession, RuntimeMissingError } from "./native-session.ts";

/** Rows that go through a model together: any number would do, but it must never change, for it may change the last bit. */
const blockRows = 1024;

/**
 * A model ready to be asked; the runtime is loaded when it is asked first, so that a run can be planned where there is none. A row is asked in the place that its absolute bar number gives it in a block of one fixed size, so that it goes through the same
 * operations however the bars are cut: the same bits.
 */
export class LoadedModel {
  readonly id: string;
  readonly metadata: BundleMetadata;
  /** Numbers in a row of inputs and in a row of outputs. */
  readonly inputWidth: number;
  readonly outputWidth: number;
  #session: NativeSession | undefined;
  #model: Uint8Array | undefined;
  readonly #ports: ModelPorts;
  readonly #rows: number;
  readonly #block: Float32Array;
  readonly #dims: readonly number[];

  constructor(id: string, model: Uint8Array, metadata: BundleMetadata, ports: ModelPorts) {
    const row = rowShape(metadata);
    this.id = id;
    this.metadata = metadata;
    this.inputWidth = row.reduce((product, size) => product * size, 1);
    this.outputWidth = ports.width;
    this.#model = model;
    this.#ports = ports;
    this.#rows = ports.fixedRows ?? blockRows;
    this.#dims = [this.#rows, ...row];
    this.#block = new Float32Array(this.#rows * this.inputWidth);
  }

  /** The outputs of rows that belong to the bars from `startBar` on, row after row; NaN in the rows for which the runtime fails. */
  infer(rows: Float32Array, startBar: number): Float32Array {
    const width = this.inputWidth;
    return this.inferWritten(rows.length / width, startBar, (block, { place, from, to }) => {
      block.set(rows.subarray(from * width, to * width), place * width);
    });
  }

  /** As `infer`, for `count` rows that `write` puts in their places itself: the rows [from, to) from the row `place` of the block on. */
  inferWritten(count: number, startBar: number, write: (block: Float32Array, rows: BlockRows) => void): Float32Array {
    const outputs = new Float32Array(count * this.outputWidth);
    for (let from = 0; from < count; ) {
      const place = (startBar + from) % this.#rows;
      const to = Math.min(count, from + this.#rows - place);
      const answers = outputs.subarray(from * this.outputWidth, to * this.outputWidth);
      if (to - from < this.#rows) this.#block.fill(0);
      write(this.#block, { place, from, to });
      if (!this.#ask(answers, place)) this.#askOneByOne(answers, place);
      from = to;
    }
    return outputs;
  }

  /** Loads the model into the runtime, once, and forgets its bytes; throws what the runtime throws. */
  open(): NativeSession {
    if (this.#session !== undefined) return this.#session;
    this.#session = openSession(this.#model ?? new Uint8Array());
    this.#model = undefined;
    return this.#session;
  }

  /** Frees the runtime's memory; the model cannot be asked again. */
  dispose(): void {
    this.#session?.dispose();
  }

  /** Asks the rows of the block and gives those from `place` on; false when the runtime failed. */
  #ask(answers: Float32Array, place: number): boolean {
    const input = { name: this.#ports.input, values: this.#block, dims: this.#dims };
    const session = this.open();
    try {
      const block = session.run(input, this.#ports.output);
      answers.set(block.subarray(place * this.outputWidth, place * this.outputWidth + answers.length));
      return true;
    } catch (error) {
      // The runtime's own faults are plain errors: an operator met numbers that it cannot work with.
      if (error instanceof RuntimeMissingError) throw error;
      return false;
    }
  }

  /** One row that fails must not take its neighbours with it, which another cut would have put into another call. */
  #askOneByOne(answers: Float32Array, place: number): void {
    const width = this.inputWidth;
    const rows = this.#block.slice();
    for (let i = 0; i * this.outputWidth < answers.length; i++) {
      const at = (place + i) * width;
      this.#block.fill(0);
      this.#block.set(rows.subarray(at, at + width), at);
      const answer = answers.subarray(i * this.outputWidth, (i + 1) * this.outputWidth);
      if (!this.#ask(answer, place + i)) answer.fill(Number.NaN);
    }
  }
}

/** Which rows of a request go into the block, and where the first of them stands in it. */
export type BlockRows = { readonly place: number; readonly from: number; readonly to: number };

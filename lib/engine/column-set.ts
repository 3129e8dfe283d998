import type { Bars } from "./bars.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Column, Kernel } from "./columns.ts";
import type { JsonValue } from "./json.ts";

/**
 * The values of one column over the current chunk, with the last `lookback` values of the chunk before in front: the value at position i of the chunk is
 * `values[lookback + i]`. NaN where the column is not defined.
 */
export class ColumnView {
  readonly lookback: number;
  values: Float64Array;
  /** Memory for `values`, as long as they ever were. */
  room: Float64Array;
  /** Position in the chunk that `now` speaks of. */
  cursor = 0;

  constructor(lookback: number) {
    this.lookback = lookback;
    this.values = new Float64Array(lookback).fill(Number.NaN);
    this.room = this.values;
  }

  /** The value at the bar being decided. */
  get now(): number {
    return this.values[this.lookback + this.cursor] as number;
  }

  /** The value one bar earlier. */
  get previous(): number {
    return this.values[this.lookback + this.cursor - 1] as number;
  }

  /** The value `bars` earlier; RangeError beyond the strategy's lookback. */
  ago(bars: number): number {
    if (!(bars >= 0 && bars <= this.lookback)) {
      throw new RangeError(
        `ago(${bars}) reaches beyond the lookback of ${this.lookback} bars; set lookback in defineStrategy.`,
      );
    }
    return this.values[this.lookback + this.cursor - bars] as number;
  }
}

/** The text under which equal columns are shared. */
export function columnKey(column: Column): string {
  return column.kind === "bars" ? column.field : `${kernelKey(column)}.${column.output}`;
}

function kernelKey(column: Extract<Column, { kind: "kernel" }>): string {
  return (
    column.key ?? `${column.kernel.name}${canonicalJson(column.params)}(${column.inputs.map(columnKey).join(",")})`
  );
}

type Node = {
  readonly kernel: Kernel;
  readonly readsBarsOnly: boolean;
  readonly inputs: readonly ColumnView[];
  readonly outputs: readonly ColumnView[];
};

/** Every column that a run's lanes ask for, each computed once per chunk, inputs before what depends on them. */
export class ColumnSet {
  readonly #nodes = new Map<string, Node>();
  readonly #views = new Map<string, ColumnView>();
  readonly #fields = new Map<Extract<Column, { kind: "bars" }>["field"], ColumnView>();
  readonly #lookback: number;

  constructor(columns: readonly Column[], lookback: number) {
    this.#lookback = lookback;
    for (const column of columns) this.#add(column);
  }

  /** How many series are kept, those in between included. */
  get seriesCount(): number {
    return this.#views.size;
  }

  view(column: Column): ColumnView {
    const view = this.#views.get(columnKey(column));
    if (view === undefined) throw new RangeError(`No column ${columnKey(column)} in this set.`);
    return view;
  }

  #add(column: Column): void {
    if (column.kind === "bars") {
      this.#fields.set(column.field, this.#viewOf(column.field));
      return;
    }
    const key = kernelKey(column);
    if (this.#nodes.has(key)) return;
    for (const input of column.inputs) this.#add(input);
    this.#nodes.set(key, {
      kernel: column.kernel.create(column.params),
      readsBarsOnly: column.inputs.every((input) => input.kind === "bars"),
      inputs: column.inputs.map((input) => this.view(input)),
      outputs: column.kernel.outputs.map((output) => this.#viewOf(`${key}.${output}`)),
    });
  }

  /** The view under this key, made when it is new. */
  #viewOf(key: string): ColumnView {
    const known = this.#views.get(key);
    if (known !== undefined) return known;
    const view = new ColumnView(this.#lookback);
    this.#views.set(key, view);
    return view;
  }

  /** Computes all columns over these bars, which follow the ones before. */
  compute(bars: Bars): void {
    const count = bars.close.length;
    for (const view of this.#views.values()) roll(view, count);
    for (const [field, view] of this.#fields) view.values.set(bars[field], this.#lookback);
    for (const node of this.#nodes.values()) {
      const { kernel, readsBarsOnly } = node;
      const [inputs, outputs] = [node.inputs.map(chunkOf), node.outputs.map(chunkOf)];
      if (readsBarsOnly && kernel.updateFinite !== undefined) kernel.updateFinite(inputs, outputs, bars.startBar);
      else kernel.update(inputs, outputs, bars.startBar);
    }
  }

  /** Kernel states and the last values of every column, by key. */
  save(): SavedColumns {
    const kernels: { [key: string]: JsonValue } = {};
    for (const [key, node] of this.#nodes) kernels[key] = node.kernel.save();
    const tails: { [key: string]: readonly (number | null)[] } = {};
    for (const [key, view] of this.#views) {
      const tail = view.values.subarray(view.values.length - this.#lookback);
      tails[key] = Array.from(tail, (value) => (Number.isFinite(value) ? value + 0 : null));
    }
    return { kernels, tails };
  }

  /** As `restore`, without the last values: for a set without lookback, which may hold a part of the saved columns. */
  restoreKernels(saved: SavedColumns): void {
    for (const [key, node] of this.#nodes) node.kernel.restore(required(saved.kernels, key));
  }

  restore(saved: SavedColumns): void {
    this.restoreKernels(saved);
    for (const [key, view] of this.#views) {
      view.values = Float64Array.from(required(saved.tails, key), (value) => value ?? Number.NaN);
    }
  }
}

export type SavedColumns = {
  readonly kernels: { readonly [key: string]: JsonValue };
  readonly tails: { readonly [key: string]: readonly (number | null)[] };
};

function required<T>(record: { readonly [key: string]: T }, key: string): T {
  const value = record[key];
  if (value === undefined)
    throw new RangeError(`The saved state has no column ${key}: it belongs to another strategy or other parameters.`);
  return value;
}

/** The view's values over the current chunk alone. */
function chunkOf(view: ColumnView): Float64Array {
  return view.values.subarray(view.lookback);
}

/** Moves the last values to the front and makes room for `count` more; the memory is kept, whatever the lengths. */
function roll(view: ColumnView, count: number): void {
  const tail = view.values.subarray(view.values.length - view.lookback);
  const length = view.lookback + count;
  if (view.room.length < length) view.room = new Float64Array(length);
  view.room.set(tail, 0);
  view.values = view.room.length === length ? view.room : view.room.subarray(0, length);
  view.cursor = 0;
}

import type { PriceField } from "./bars.ts";
import type { JsonValue } from "./json.ts";

/**
 * What a column is computed from: a bar field, or a kernel over other columns. Plain data, so that two lanes that ask
 * for the same column are seen to share it: columns with equal `columnKey` are computed once per chunk.
 *
 * `output` picks one series of a kernel with several (Bollinger: "upper"); a kernel with one has "value".
 */
export type Column =
  | { readonly kind: "bars"; readonly field: PriceField | "openTimeMs" }
  | {
      readonly kind: "kernel";
      readonly kernel: KernelDefinition;
      readonly params: { readonly [name: string]: number };
      readonly inputs: readonly Column[];
      readonly output: string;
      /** A short name for kernel, parameters and inputs together, where theirs would be long in every checkpoint; another column has another one. */
      readonly key?: string;
    };

/**
 * A columnar computation that carries its state from chunk to chunk.
 *
 * `update` is given one array per input and fills one array per output, all of the chunk's length; a value that is not
 * defined yet is NaN, never zero. Cutting the same inputs into other chunks gives the same bits. `startBar` is the absolute number
 * of the chunk's first bar. `save` returns all that later values depend on, as JSON; `restore` on a fresh kernel goes on from it.
 */
export type Kernel = {
  update(inputs: readonly Float64Array[], outputs: readonly Float64Array[], startBar: number): void;
  /** As `update`, for inputs that are finite throughout, as bars are; only where a kernel is faster when it need not look. */
  updateFinite?(inputs: readonly Float64Array[], outputs: readonly Float64Array[], startBar: number): void;
  save(): JsonValue;
  restore(state: JsonValue): void;
};

/** A kind of kernel: its name, its output series in order, and how to make one for given parameters. */
export type KernelDefinition = {
  readonly name: string;
  readonly outputs: readonly string[];
  create(params: { readonly [name: string]: number }): Kernel;
};

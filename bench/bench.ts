/** One line of a bench's table: figures by name, the unit at the end of the name. */
export type BenchRow = { readonly [figure: string]: string | number };

/** Something whole that is measured: `run` checks the results it measures and throws when one is wrong. */
export type Bench = {
  readonly name: string;
  readonly measures: string;
  run(): readonly BenchRow[] | Promise<readonly BenchRow[]>;
};

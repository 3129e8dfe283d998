/** A cell as its file gives it: text from CSV, typed values from Parquet. */
export type Cell = string | number | bigint | Date | null;

/** Some rows of a table in order. `numbers` are their line numbers in a CSV, row numbers (from 1) in Parquet. */
export type RowBatch = { readonly rows: readonly (readonly Cell[])[]; readonly numbers: readonly number[] };

/** A table to import: one CSV or Parquet file, or one entry of a zip. It can be read more than once. */
export type Table = {
  /** For messages: the path as given, with the entry's name when it lies in a zip. */
  readonly label: string;
  /** The file's own name, which in some layouts carries the date. */
  readonly fileName: string;
  readonly unit: "line" | "row";
  /** The batches, none empty. The first row of the first batch may be a header; in Parquet it always is, with number 0. */
  batches(): AsyncGenerator<RowBatch>;
};

import {
  Field as ArrowField,
  type Data,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  tableFromIPC,
} from "apache-arrow";
import type { FactRows } from "../engine/fact-columns.ts";
import type { Facts } from "../engine/facts.ts";
import { type ColumnWriter, columnReader, columnValues, columnWriter } from "./arrow-columns.ts";
import { type FieldValue, factFields, type RowKind } from "./fact-tables.ts";

/** The facts of one kind that a segment added, as bytes (Arrow IPC file), and how many rows they hold over all lanes. */
export type EncodedPart = { readonly kind: RowKind | "equity"; readonly rows: number; readonly bytes: Uint8Array };

/** Rows of one lane read back from a part. */
export type PartRows = {
  readonly lane: number;
  readonly count: number;
  valueOf(row: number, field: number): FieldValue;
};

/**
 * The parts of a stretch of facts; kinds without rows have none. Rows: a column "lane", then the fields of `factFields`, amounts as decimal128(38, 8), lane after
 * lane. Equity: a column of float64 per lane, "lane0", "lane1", …
 */
export function encodeParts(facts: Facts): EncodedPart[] {
  const parts: EncodedPart[] = [];
  for (const kind of ["fills", "trades", "orders"] as const) {
    const lanes: readonly FactRows<unknown>[] = facts.lanes.map((lane) => lane[kind]);
    const rows = lanes.reduce((sum, lane) => sum + lane.length, 0);
    if (rows > 0) parts.push({ kind, rows, bytes: encodeRows(kind, lanes, rows) });
  }
  const points = facts.lanes[0]?.equity.reduce((sum, piece) => sum + piece.length, 0) ?? 0;
  if (points > 0) parts.push({ kind: "equity", rows: points, bytes: encodeEquity(facts, points) });
  return parts;
}

/** The rows of each lane, in the order of the lanes. */
export function decodeRows(kind: RowKind, bytes: Uint8Array): PartRows[] {
  const table = tableFromIPC(bytes);
  const lane = columnValues(table, "lane");
  const readers = factFields[kind].map((field) => columnReader(table, field));
  const lanes: PartRows[] = [];
  for (let start = 0; start < lane.length; ) {
    const number = lane[start] as number;
    let end = start + 1;
    while (end < lane.length && lane[end] === number) end++;
    const first = start;
    lanes.push({
      lane: number,
      count: end - start,
      valueOf: (row, field) => (readers[field] as (row: number) => FieldValue)(first + row),
    });
    start = end;
  }
  return lanes;
}

/** The equity points of each lane. */
export function decodeEquity(bytes: Uint8Array): Float64Array[] {
  const table = tableFromIPC(bytes);
  return table.schema.fields.map(({ name }) => columnValues(table, name) as Float64Array);
}

function encodeEquity(facts: Facts, points: number): Uint8Array {
  const columns = facts.lanes.map((lane, index): [string, Data] => {
    const [only] = lane.equity;
    const values = only !== undefined && lane.equity.length === 1 ? only : joined(lane.equity, points);
    return [`lane${index}`, makeData({ type: new Float64(), length: points, nullCount: 0, data: values })];
  });
  return writeFile(columns, points);
}

function joined(pieces: readonly Float64Array[], length: number): Float64Array {
  const whole = new Float64Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function encodeRows(kind: RowKind, lanes: readonly FactRows<unknown>[], rows: number): Uint8Array {
  const fields = factFields[kind];
  const names = fields.map((field) => field.name);
  const columns = fields.map((field, place) => columnWriter(field, rows, place));
  const lane = new Int32Array(rows);
  let at = 0;
  lanes.forEach((laneRows, index) => {
    for (let row = 0; row < laneRows.length; row++) {
      const fact = laneRows.get(row) as { readonly [name: string]: FieldValue };
      for (let f = 0; f < names.length; f++)
        (columns[f] as ColumnWriter).put(at, fact[names[f] as string] as FieldValue);
      lane[at++] = index;
    }
  });
  const laneColumn: [string, Data] = ["lane", makeData({ type: new Int32(), length: rows, nullCount: 0, data: lane })];
  return writeFile([laneColumn, ...columns.flatMap((column) => column.columns())], rows);
}

function writeFile(columns: readonly [string, Data][], rows: number): Uint8Array {
  const schema = new Schema(columns.map(([name, data]) => new ArrowField(name, data.type, data.nullCount > 0)));
  const batch = new RecordBatch(
    schema,
    makeData({
      type: new Struct(schema.fields),
      length: rows,
      nullCount: 0,
      children: columns.map(([, data]) => data),
    }),
  );
  return RecordBatchFileWriter.writeAll([batch]).toUint8Array(true);
}

import {
  Data,
  Decimal,
  Dictionary,
  Field as ArrowField,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  type Table,
  tableFromIPC,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import type { FactRows } from "../engine/fact-columns.ts";
import type { Facts } from "../engine/facts.ts";
import type { Fixed } from "../engine/money.ts";
import { factFields, type Field, type FieldValue, type RowKind } from "./fact-tables.ts";

/** The facts of one kind that a segment added, as bytes (Arrow IPC file), and how many rows they hold over all lanes. */
export type EncodedPart = { readonly kind: RowKind | "equity"; readonly rows: number; readonly bytes: Uint8Array };

/** Rows of one lane read back from a part. */
export type PartRows = { readonly lane: number; readonly count: number; valueOf(row: number, field: number): FieldValue };

/** A stored part is not what this version writes. */
export class PartFormatError extends Error {
  override readonly name = "PartFormatError";
}

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
  const lane = childValues(table, "lane");
  const readers = factFields[kind].map((field) => reader(table, field));
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
  return table.schema.fields.map(({ name }) => childValues(table, name) as Float64Array);
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
  const values: FieldValue[][] = fields.map(() => []);
  const lane = new Int32Array(rows);
  let at = 0;
  lanes.forEach((laneRows, index) => {
    for (let row = 0; row < laneRows.length; row++) {
      const fact = laneRows.get(row) as { readonly [name: string]: FieldValue };
      for (let f = 0; f < fields.length; f++) (values[f] as FieldValue[]).push(fact[(fields[f] as Field).name] as FieldValue);
      lane[at++] = index;
    }
  });
  const columns = fields.flatMap((field, f) => encodeField(field, values[f] as FieldValue[]));
  return writeFile([["lane", makeData({ type: new Int32(), length: rows, nullCount: 0, data: lane })], ...columns], rows);
}

/** One Arrow column, or two for an id: its number, and its name where it has one instead. */
function encodeField(field: Field, values: readonly FieldValue[]): [string, Data][] {
  switch (field.type) {
    case "number":
      return [[field.name, floats(values.map((value) => (value === null ? Number.NaN : Number(value))))]];
    case "fixed":
      return [[field.name, decimals(values as readonly (Fixed | null)[])]];
    case "text":
      return [[field.name, texts(values as readonly (string | null)[])]];
    case "id":
      return [
        [field.name, floats(values.map((value) => (typeof value === "number" ? value : Number.NaN)))],
        [nameColumn(field), texts(values.map((value) => (typeof value === "string" ? value : null)))],
      ];
  }
}

function nameColumn(field: Field): string {
  return `${field.name}Name`;
}

function floats(values: readonly number[]): Data {
  return makeData({ type: new Float64(), length: values.length, nullCount: 0, data: Float64Array.from(values) });
}

const decimal = new Decimal(8, 38, 128);

function decimals(values: readonly (Fixed | null)[]): Data {
  const words = new Uint32Array(values.length * 4);
  const valid = new Uint8Array(Math.ceil(values.length / 8));
  let nullCount = 0;
  values.forEach((value, i) => {
    if (value === null) {
      nullCount += 1;
      return;
    }
    valid[i >> 3] = (valid[i >> 3] as number) | (1 << (i & 7));
    writeDecimal(words, i * 4, value);
  });
  return makeData({ type: decimal, length: values.length, nullCount, nullBitmap: nullCount > 0 ? valid : null, data: words });
}

const wordSize = 4_294_967_296;

function writeDecimal(words: Uint32Array, at: number, value: Fixed): void {
  if (typeof value === "number") {
    const high = Math.floor(value / wordSize);
    words[at] = value - high * wordSize;
    words[at + 1] = high >>> 0;
    words[at + 2] = value < 0 ? 0xffffffff : 0;
    words[at + 3] = value < 0 ? 0xffffffff : 0;
    return;
  }
  const bits = BigInt.asUintN(128, value);
  for (let word = 0; word < 4; word++) words[at + word] = Number((bits >> BigInt(32 * word)) & 0xffffffffn);
}

function readDecimal(words: Uint32Array, at: number): Fixed {
  const [w0, w1, w2, w3] = [words[at] as number, words[at + 1] as number, words[at + 2] as number, words[at + 3] as number];
  const high = w1 | 0;
  const isSmall = (high < 0 ? w2 === 0xffffffff && w3 === 0xffffffff : w2 === 0 && w3 === 0) && high < 2_097_152 && high >= -2_097_152;
  const value = high * wordSize + w0;
  if (isSmall && value >= -Number.MAX_SAFE_INTEGER) return value;
  const bits = (BigInt(w3) << 96n) | (BigInt(w2) << 64n) | (BigInt(w1) << 32n) | BigInt(w0);
  return BigInt.asIntN(128, bits);
}

/** Texts repeat (buy, sell, order): each is stored once and referred to by number, -1 being null. */
function texts(values: readonly (string | null)[]): Data {
  const numbers = new Map<string, number>();
  const keys = Int32Array.from(values, (value) => {
    if (value === null) return -1;
    const known = numbers.get(value);
    if (known !== undefined) return known;
    numbers.set(value, numbers.size);
    return numbers.size - 1;
  });
  const valid = new Uint8Array(Math.ceil(values.length / 8));
  let nullCount = 0;
  keys.forEach((key, i) => {
    if (key < 0) {
      nullCount += 1;
      keys[i] = 0;
    } else valid[i >> 3] = (valid[i >> 3] as number) | (1 << (i & 7));
  });
  const dictionary = vectorFromArray(numbers.size === 0 ? [""] : [...numbers.keys()], new Utf8());
  const type = new Dictionary(new Utf8(), new Int32());
  return makeData({ type, length: values.length, nullCount, nullBitmap: nullCount > 0 ? valid : null, data: keys, dictionary });
}

function writeFile(columns: readonly [string, Data][], rows: number): Uint8Array {
  const schema = new Schema(columns.map(([name, data]) => new ArrowField(name, data.type, data.nullCount > 0)));
  const batch = new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children: columns.map(([, data]) => data) }));
  return RecordBatchFileWriter.writeAll([batch]).toUint8Array(true);
}

function child(table: Table, name: string): Data {
  const data = table.getChild(name)?.data[0];
  if (data === undefined) {
    throw new PartFormatError(`A part has no column "${name}"; found ${table.schema.fields.map((field) => field.name).join(", ")}.`);
  }
  return data;
}

function childValues(table: Table, name: string): Float64Array | Int32Array {
  const { values, length } = child(table, name);
  return values.subarray(0, length);
}

function reader(table: Table, field: Field): (row: number) => FieldValue {
  switch (field.type) {
    case "number": {
      const values = childValues(table, field.name);
      return (row) => {
        const value = values[row] as number;
        return Number.isNaN(value) ? null : value;
      };
    }
    case "fixed": {
      const data = child(table, field.name);
      return (row) => (data.getValid(row) ? readDecimal(data.values as Uint32Array, row * 4) : null);
    }
    case "text":
      return textReader(child(table, field.name));
    case "id": {
      const numbers = childValues(table, field.name);
      const names = textReader(child(table, nameColumn(field)));
      return (row) => {
        const number = numbers[row] as number;
        return Number.isNaN(number) ? names(row) : number;
      };
    }
  }
}

function textReader(data: Data): (row: number) => string | null {
  const words = data.dictionary?.toArray() as readonly string[] | undefined;
  const list = words === undefined ? [] : Array.from(words);
  return (row) => (data.getValid(row) ? (list[data.values[row] as number] ?? null) : null);
}

import { type Data, Dictionary, Float64, Int32, makeData, type Table, Utf8, vectorFromArray } from "apache-arrow";
import { decimal, readDecimal, writeDecimal } from "./arrow-decimals.ts";
import type { Field, FieldValue } from "./fact-tables.ts";

/** A stored part is not what this version writes. */
export class PartFormatError extends Error {
  override readonly name = "PartFormatError";
}

/** Takes the values of one field, row by row, and gives them as Arrow columns: one, or two for an id (its number, or its name). */
export type ColumnWriter = { put(row: number, value: FieldValue): void; columns(): [string, Data][] };

/**
 * A writer of so many rows of a field. `dictionary` is the number of its dictionary in the file, where it has one: left to itself the library counts on
 * from file to file, and equal facts would have other bytes, and another hash, each time.
 */
export function columnWriter(field: Field, rows: number, dictionary: number): ColumnWriter {
  switch (field.type) {
    case "number":
      return floatWriter(field.name, rows);
    case "fixed":
      return decimalWriter(field.name, rows);
    case "text":
      return textWriter(field.name, rows, dictionary);
    case "id": {
      const numbers = floatWriter(field.name, rows);
      const names = textWriter(nameColumn(field), rows, dictionary);
      return {
        put: (row, value) => {
          numbers.put(row, typeof value === "number" ? value : null);
          names.put(row, typeof value === "string" ? value : null);
        },
        columns: () => [...numbers.columns(), ...names.columns()],
      };
    }
  }
}

function nameColumn(field: Field): string {
  return `${field.name}Name`;
}

function floatWriter(name: string, rows: number): ColumnWriter {
  const data = new Float64Array(rows);
  return {
    put: (row, value) => {
      data[row] = value === null ? Number.NaN : Number(value);
    },
    columns: () => [[name, makeData({ type: new Float64(), length: rows, nullCount: 0, data })]],
  };
}

function decimalWriter(name: string, rows: number): ColumnWriter {
  const data = new Uint32Array(rows * 4);
  const nulls = nullWriter(rows);
  return {
    put: (row, value) => {
      if (value === null || typeof value === "string") nulls.put(row);
      else writeDecimal(data, row * 4, value);
    },
    columns: () => [[name, makeData({ type: decimal, length: rows, ...nulls.bits(), data })]],
  };
}

/** Arrow's validity bits: 1 where a value is present. */
function nullWriter(rows: number) {
  const nullBitmap = new Uint8Array(Math.ceil(rows / 8)).fill(255);
  let nullCount = 0;
  return {
    put: (row: number): void => {
      nullCount += 1;
      nullBitmap[row >> 3] = (nullBitmap[row >> 3] as number) & ~(1 << (row & 7));
    },
    bits: () => ({ nullCount, nullBitmap: nullCount > 0 ? nullBitmap : null }),
  };
}

/** Texts repeat (buy, sell, order): each is stored once and referred to by number. */
function textWriter(name: string, rows: number, dictionaryNumber: number): ColumnWriter {
  const numbers = new Map<string, number>();
  const data = new Int32Array(rows);
  const nulls = nullWriter(rows);
  return {
    put: (row, value) => {
      if (typeof value !== "string") {
        nulls.put(row);
        return;
      }
      let number = numbers.get(value);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(value, number);
      }
      data[row] = number;
    },
    columns: () => {
      const dictionary = vectorFromArray(numbers.size === 0 ? [""] : [...numbers.keys()], new Utf8());
      const type = new Dictionary(new Utf8(), new Int32(), dictionaryNumber);
      return [[name, makeData({ type, length: rows, ...nulls.bits(), data, dictionary })]];
    },
  };
}

function child(table: Table, name: string): Data {
  const data = table.getChild(name)?.data[0];
  if (data === undefined) {
    throw new PartFormatError(
      `A part has no column "${name}"; found ${table.schema.fields.map((field) => field.name).join(", ")}.`,
    );
  }
  return data;
}

/** The numbers of a column as they lie in the file. */
export function columnValues(table: Table, name: string): Float64Array | Int32Array {
  const { values, length } = child(table, name);
  return values.subarray(0, length);
}

/** Reads a field's values by row; throws PartFormatError when the file has no such column. */
export function columnReader(table: Table, field: Field): (row: number) => FieldValue {
  switch (field.type) {
    case "number": {
      const values = columnValues(table, field.name);
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
      const numbers = columnValues(table, field.name);
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

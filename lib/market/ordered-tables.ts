import type { ReadOptions } from "./read-options.ts";
import { readRows } from "./read-rows.ts";
import { openTables } from "./source-tables.ts";
import type { Table } from "./table-rows.ts";

/** The tables of all files in the order of their first bars, so that files of one series can be given in any order. */
export async function orderTables(files: readonly string[], options: ReadOptions): Promise<readonly Table[]> {
  // One after the other: a series of daily files may have thousands, and each is open for a moment.
  const tables: Table[] = [];
  for (const file of files) tables.push(...(await openTables(file)));
  if (tables.length < 2) return tables;
  const first: { readonly table: Table; readonly firstMs: number }[] = [];
  for (const table of tables) first.push({ table, firstMs: await firstTimeMs(table, options) });
  return first.sort((a, b) => a.firstMs - b.firstMs).map(({ table }) => table);
}

async function firstTimeMs(table: Table, options: ReadOptions): Promise<number> {
  for await (const rows of readRows(table, options, new Set())) return rows.openTimeMs[0] ?? Number.NaN;
  return Number.NaN;
}

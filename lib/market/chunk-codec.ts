import { makeTable, tableFromIPC, tableToIPC } from "apache-arrow";
import { type BarColumns, barFields } from "./bar-rows.ts";

/** Bars in a full chunk; chunk n of an instrument holds the bars [n × chunkBars, (n + 1) × chunkBars). */
export const chunkBars = 65_536;

/** The columns as an Arrow IPC file; the same columns give the same bytes. */
export function encodeChunk(columns: BarColumns): Uint8Array {
  const { openTimeMs, open, high, low, close, volume, adjustedClose } = columns;
  const plain = { openTimeMs, open, high, low, close, volume };
  return tableToIPC(makeTable(adjustedClose === undefined ? plain : { ...plain, adjustedClose }), "file");
}

/** The columns of a chunk, as views on its bytes where they are aligned. Undefined when the bytes are not a chunk of `barCount` bars. */
export function decodeChunk(bytes: Uint8Array, barCount: number): BarColumns | undefined {
  const table = tableFromIPC(bytes);
  const column = (name: string): Float64Array | undefined => {
    const values = table.getChild(name)?.data[0]?.values;
    return values instanceof Float64Array && values.length === barCount ? values : undefined;
  };
  const [openTimeMs, open, high, low, close, volume] = barFields.map(column);
  if (openTimeMs === undefined || open === undefined || high === undefined) return undefined;
  if (low === undefined || close === undefined || volume === undefined) return undefined;
  const plain = { openTimeMs, open, high, low, close, volume };
  const adjustedClose = column("adjustedClose");
  return adjustedClose === undefined ? plain : { ...plain, adjustedClose };
}

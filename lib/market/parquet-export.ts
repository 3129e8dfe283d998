import { ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import type { BarColumns } from "./bar-rows.ts";

/** Chunks of bars as a Parquet file, one row group each; `timestamp` is in milliseconds UTC. */
export async function* parquetPieces(chunks: AsyncIterable<BarColumns>): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  let parquet: ParquetWriter | undefined;
  for await (const chunk of chunks) {
    const columnData = columnsOf(chunk);
    parquet ??= new ParquetWriter({ writer: bytes, schema: schemaFromColumnData({ columnData }) });
    await parquet.write({ columnData, rowGroupSize: chunk.close.length });
    yield take(bytes);
  }
  await parquet?.finish();
  yield take(bytes);
}

function columnsOf({ openTimeMs, open, high, low, close, volume, adjustedClose }: BarColumns): ColumnSource[] {
  const column = (name: string, data: Float64Array): ColumnSource => ({ name, data, type: "DOUBLE", nullable: false });
  const timestamp: ColumnSource = {
    name: "timestamp",
    data: Array.from(openTimeMs, (ms) => new Date(ms)),
    type: "TIMESTAMP",
    nullable: false,
  };
  const plain = [
    timestamp,
    column("open", open),
    column("high", high),
    column("low", low),
    column("close", close),
    column("volume", volume),
  ];
  return adjustedClose === undefined ? plain : [...plain, column("adj_close", adjustedClose)];
}

// The writer keeps its position in the file (`offset`) apart from its position in the buffer (`index`), so that the buffer can be emptied.
function take(bytes: ByteWriter): Uint8Array {
  const piece = bytes.getBytes().slice();
  bytes.index = 0;
  return piece;
}

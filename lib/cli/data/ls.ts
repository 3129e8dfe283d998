import { onlyInstrument } from "../../market/open-snapshot.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { countText, minuteText, shortId, sizeText, timeText } from "../quantity-text.ts";
import { left, right, textTable } from "../text-table.ts";
import { chunkBytes } from "./snapshot-text.ts";

/** `data ls`: every name with the snapshot it means now. */
export function listData(console: Console): Promise<ExitCode> {
  return atHome(async ({ folder, stores }) => {
    const snapshots = await Promise.all(
      (await stores.snapshots.list()).map(async ({ name, snapshotId, recordedAtMs }) => {
        const manifest = await stores.snapshots.get(snapshotId);
        if (manifest === undefined) throw new Error(`Snapshot ${snapshotId} of name "${name}" is not in the catalog.`);
        const { symbol, timeframe, currency, timeZone, barCount, firstTimeMs, lastTimeMs, chunks } =
          onlyInstrument(manifest);
        const sizeBytes = chunkBytes(onlyInstrument(manifest));
        return {
          name,
          snapshotId,
          symbol,
          timeframe,
          currency,
          timeZone,
          barCount,
          firstTimeMs,
          lastTimeMs,
          chunkCount: chunks.length,
          sizeBytes,
          recordedAtMs,
        };
      }),
    );
    const rows = snapshots.map((snapshot) => [
      snapshot.name,
      shortId(snapshot.snapshotId),
      snapshot.symbol,
      snapshot.timeframe,
      countText(snapshot.barCount),
      timeText(snapshot.firstTimeMs),
      timeText(snapshot.lastTimeMs),
      sizeText(snapshot.sizeBytes),
      minuteText(snapshot.recordedAtMs),
    ]);
    const columns = [
      left("NAME"),
      left("ID"),
      left("SYMBOL"),
      left("BAR"),
      right("BARS"),
      left("FIRST"),
      left("LAST"),
      right("SIZE"),
      left("RECORDED (UTC)"),
    ];
    const text =
      snapshots.length === 0
        ? `No snapshots in ${folder} yet. Import one: backstitch data import FILE --symbol S --timeframe 1d`
        : textTable(columns, rows);
    console.answer({ snapshots }, text);
    return 0;
  });
}

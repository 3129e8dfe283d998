import { onlyInstrument } from "../../market/open-snapshot.ts";
import type { Stores } from "../../stores/stores.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { countText, minuteText, shortId, sizeText, timeText } from "../quantity-text.ts";
import { left, right, textTable } from "../text-table.ts";
import { chunkBytes } from "./snapshot-text.ts";

/** `data ls`: every name with the snapshot it means now. */
export async function listData(flags: CloudFlags, console: Console): Promise<ExitCode> {
  const { snapshots, where } = await atPlace<Listed>(flags, {
    local: async ({ folder, stores }) => ({ snapshots: await listHere(stores), where: folder }),
    cloud: async (remote) => ({ snapshots: await remote.snapshots.list(), where: remote.url }),
  });
  const start = console.hint("backstitch data import FILE --symbol S --timeframe 1d");
  console.answer(
    { snapshots },
    snapshots.length === 0 ? `No snapshots in ${where} yet. Import one: ${start}` : snapshotsTable(snapshots),
  );
  return 0;
}

type Entry = {
  readonly name: string;
  readonly snapshotId: string;
  readonly symbol: string;
  readonly timeframe: string;
  readonly barCount: number;
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  readonly sizeBytes: number;
  readonly recordedAtMs: number;
};
type Listed = { readonly snapshots: readonly Entry[]; readonly where: string };

async function listHere({ snapshots }: Stores) {
  return Promise.all(
    (await snapshots.list()).map(async ({ name, snapshotId, recordedAtMs }) => {
      const manifest = await snapshots.get(snapshotId);
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
}

function snapshotsTable(snapshots: readonly Entry[]): string {
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
  return textTable(columns, rows);
}

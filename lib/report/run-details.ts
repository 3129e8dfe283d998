import { loadResult } from "../run/finish.ts";
import { partsOf, readRows } from "../run/run-facts.ts";
import type { RunRecord, SegmentRecord } from "../run/run-store.ts";
import { type FactRecord, readFacts } from "./fact-records.ts";
import { type RunHome, runDocument } from "./run-document.ts";

export type RunDetails = Awaited<ReturnType<typeof runDetails>>;

const shownTrades = 5;
/** Segments and events beyond this are left out, the oldest first; `timing.segments` counts them all. */
const shownRecords = 1_000;

/** Everything about one run, as `show --json` answers it: its document, spec, checkpoints, newest segments and events, and last trades. */
export async function runDetails(run: RunRecord, home: RunHome) {
  const { runs } = home.stores;
  const [document, segments, events, checkpoints] = await Promise.all([
    runDocument(run, home),
    runs.listSegments(run.runId),
    runs.listEvents(run.runId),
    runs.listCheckpoints(run.runId),
  ]);
  return {
    ...document,
    spec: run.spec,
    segments: segments.slice(-shownRecords),
    events: events.slice(-shownRecords),
    checkpoints,
    lastTrades: await lastTrades(run, segments, home),
  };
}

/** The newest closed trades of the first lane; only the parts that hold them are read. */
async function lastTrades(
  run: RunRecord,
  segments: readonly SegmentRecord[],
  { stores }: RunHome,
): Promise<readonly FactRecord[]> {
  const parts = partsOf(segments, await loadResult(run, stores)).filter((part) => part.kind === "trades");
  const last: FactRecord[] = [];
  for (const part of [...parts].reverse()) {
    const trades: FactRecord[] = [];
    for await (const rows of readRows("trades", [part], stores.objects))
      if (rows.lane === 0) trades.push(...readFacts("trades", rows));
    last.unshift(...trades.slice(-(shownTrades - last.length)));
    if (last.length >= shownTrades) break;
  }
  return last;
}

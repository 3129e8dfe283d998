import { engineVersion } from "../../lib/engine/engine-version.ts";
import { Simulation } from "../../lib/engine/simulation.ts";
import { encodeState } from "../../lib/run/checkpoint.ts";
import { type FieldValue, factFields, type RowKind } from "../../lib/run/fact-tables.ts";
import { loadResult } from "../../lib/run/finish.ts";
import { openRun, type RunStores } from "../../lib/run/opened-run.ts";
import type { LaneResult } from "../../lib/run/result.ts";
import { partsOf, readEquity, readRows } from "../../lib/run/run-facts.ts";
import { storedRun } from "./run-lives.ts";

/** All that a completed run says about its lanes, read back from the stores. */
export type RunOutcome = {
  readonly resultDigest: string;
  readonly lanes: readonly LaneResult[];
  /** Rows of each kind, as lane and then the fields' values; equity points by lane. */
  readonly facts: { readonly [kind in RowKind]: readonly (readonly FieldValue[])[] };
  readonly equity: readonly (readonly number[])[];
};

/** Throws when the run is not completed. */
export async function readOutcome(runId: string, stores: RunStores): Promise<RunOutcome> {
  const run = await storedRun(runId, stores);
  const result = await loadResult(run, stores);
  if (result === undefined) throw new Error(`Run ${runId} is ${run.status}, expected completed.`);
  const parts = partsOf(await stores.runs.listSegments(runId), result);
  const rows = async (kind: RowKind): Promise<FieldValue[][]> => {
    const byLane = result.lanes.map((): FieldValue[][] => []);
    for await (const piece of readRows(kind, parts, stores.objects)) {
      const { lane, count } = piece;
      for (let row = 0; row < count; row++)
        byLane[lane]?.push([lane, ...factFields[kind].map((_, field) => piece.valueOf(row, field))]);
    }
    return byLane.flat();
  };
  const equity = result.lanes.map(async (_, lane) => {
    const points: number[] = [];
    for await (const piece of readEquity(lane, parts, stores.objects)) for (const point of piece) points.push(point);
    return points;
  });
  return {
    resultDigest: result.resultDigest,
    lanes: result.lanes,
    facts: { fills: await rows("fills"), trades: await rows("trades"), orders: await rows("orders") },
    equity: await Promise.all(equity),
  };
}

/** The ids that the run's states have at these bars, in ascending order, from a simulation that was never saved and restored. */
export async function uncutStateIds(
  runId: string,
  bars: readonly number[],
  stores: RunStores,
): Promise<ReadonlyMap<number, string>> {
  const { run, program, snapshot } = await openRun(await storedRun(runId, stores), stores);
  const simulation = new Simulation(program);
  const { specDigest, snapshotId } = run;
  const ids = new Map<number, string>();
  for (const bar of bars) {
    simulation.advance(await snapshot.read(simulation.barIndex, bar));
    ids.set(bar, encodeState({ engineVersion, specDigest, snapshotId, ...simulation.save() }).checkpointId);
  }
  return ids;
}

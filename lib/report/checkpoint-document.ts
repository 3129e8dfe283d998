import { findSnapshot } from "../market/find-snapshot.ts";
import { onlyInstrument } from "../market/open-snapshot.ts";
import { loadState } from "../run/checkpoint.ts";
import type { RunStores } from "../run/opened-run.ts";
import type { CheckpointRecord } from "../run/run-store.ts";
import { viewLane } from "./lane-view.ts";

/** What `--json` answers about a checkpoint. */
export type CheckpointDocument = Awaited<ReturnType<typeof checkpointDocument>>;

/** The checkpoint's place, the runs that it is one of, its lanes as a person reads them, and its whole state. Throws what `loadState` throws. */
export async function checkpointDocument(record: CheckpointRecord, stores: RunStores) {
  const checkpointOf = (await stores.runs.findCheckpoints(record.checkpointId)).map(
    ({ runId, sequence }) => `${runId}@${sequence}`,
  );
  const state = await loadState(record, stores.objects);
  const symbols = [onlyInstrument(await findSnapshot(record.snapshotId, stores.snapshots)).symbol];
  const lanes = state.lanes.map((lane) => viewLane(lane, symbols));
  const { state: _stored, ...place } = record;
  return { ...place, checkpointOf, lanes, columns: Object.keys(state.columns.kernels), state };
}

import { InputError } from "../engine/input-error.ts";
import type { JsonValue } from "../engine/json.ts";
import type { Metrics } from "../engine/metrics.ts";
import { openSnapshot } from "../market/open-snapshot.ts";
import type { SnapshotManifest } from "../market/snapshot-manifest.ts";
import { loadResult } from "../run/finish.ts";
import { modelsOfRun, type RunModel } from "../run/models-of-run.ts";
import type { RunStores } from "../run/opened-run.ts";
import { parseSpec } from "../run/parse-spec.ts";
import { laneParams } from "../run/program.ts";
import { partsOf } from "../run/run-facts.ts";
import {
  type CheckpointSummary,
  MissingRunError,
  type RunEvent,
  type RunRecord,
  type SegmentRecord,
} from "../run/run-store.ts";
import type { Spec } from "../run/spec.ts";
import { type Curves, collectCurves } from "./collect-curves.ts";
import { collectOrderEvents, collectTrades, type ListedTrades, type OrderEventCount } from "./collect-trades.ts";

/** All that a report shows, as plain data: its size is bounded whatever the length of the run. */
export type ReportInput = {
  readonly run: RunRecord;
  readonly spec: Spec;
  /** The lane whose curves and trades are shown, counted from 0. */
  readonly lane: number;
  /** Every lane; metrics are absent until the run is completed. */
  readonly lanes: readonly ReportLane[];
  /** Absent when the snapshot is not in the stores any more; then there are no curves either. */
  readonly snapshot?: SnapshotManifest;
  readonly curves?: Curves;
  /** The models that it asks; none where it asks none. */
  readonly models: readonly RunModel[];
  readonly trades: ListedTrades;
  readonly orderEvents: readonly OrderEventCount[];
  readonly segments: readonly SegmentRecord[];
  readonly checkpoints: readonly CheckpointSummary[];
  readonly events: readonly RunEvent[];
};

export type ReportLane = {
  readonly params: JsonValue;
  readonly metrics?: Metrics;
  readonly report?: { readonly [name: string]: JsonValue };
};

/** A lane that the run does not have. */
export class ReportLaneError extends InputError {
  override readonly name = "ReportLaneError";
}

/**
 * Reads what a report of this run and lane (counted from 0) shows, finished or not, part by part. Throws MissingRunError, ReportLaneError, and what the stores throw
 * for damaged objects.
 */
export async function collectReport(runId: string, lane: number, stores: RunStores): Promise<ReportInput> {
  const run = await stores.runs.getRun(runId);
  if (run === undefined) throw new MissingRunError(runId);
  const spec = parseSpec(run.spec, `The stored spec of run "${runId}"`);
  const result = await loadResult(run, stores);
  const lanes: readonly ReportLane[] = result?.lanes ?? laneParams(spec).map((params) => ({ params }));
  const chosen = lanes[lane];
  if (chosen === undefined) {
    throw new ReportLaneError(
      `--lane ${lane}: run "${runId}" has ${lanes.length} lane(s), expected 0 to ${lanes.length - 1}.`,
    );
  }
  const segments = await stores.runs.listSegments(runId);
  const parts = partsOf(segments, result);
  const snapshot = await stores.snapshots.get(run.snapshotId);
  const curves =
    snapshot === undefined
      ? undefined
      : await collectCurves(
          { run, spec, lane, parts, finalEquity: chosen.metrics?.finalEquity },
          openSnapshot(snapshot, stores.objects),
          stores.objects,
        );
  return {
    run,
    spec,
    lane,
    lanes,
    ...(snapshot === undefined || curves === undefined ? {} : { snapshot, curves }),
    models: await modelsOfRun({ ...run, spec }, stores),
    trades: await collectTrades(lane, parts, stores.objects),
    orderEvents: await collectOrderEvents(lane, parts, stores.objects),
    segments,
    checkpoints: await stores.runs.listCheckpoints(runId),
    events: await stores.runs.listEvents(runId),
  };
}

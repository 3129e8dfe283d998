import type { ObjectStore } from "../market/object-store.ts";
import type { SnapshotCatalog } from "../market/snapshot-catalog.ts";
import type { SnapshotManifest } from "../market/snapshot-manifest.ts";
import { type Objective, parseObjective } from "../sweep/objective.ts";
import { sweepWarnings } from "../sweep/sweep-models.ts";
import type { SweepResult } from "../sweep/sweep-result.ts";
import { type SweepSpec, sweepSpecSchema } from "../sweep/sweep-spec.ts";
import type { SweepRecord } from "../sweep/sweep-store.ts";
import type { RunCost } from "./run-document.ts";
import { loadResult } from "./sweep-document.ts";
import { type LaneMeans, readLaneMeans } from "./sweep-lane-means.ts";
import { readStitchedCurve, type StitchedCurve } from "./sweep-stitched-curve.ts";

/** All that the report of a sweep shows, as plain data: its size is bounded, however many lanes there are. */
export type SweepReportInput = {
  readonly sweep: SweepRecord;
  readonly spec: SweepSpec;
  readonly objective: Objective;
  readonly cost: RunCost;
  /** What to know before the result, as that a model is asked about what it was trained on. */
  readonly warnings: readonly string[];
  /** Absent when the snapshot is not in the stores any more. */
  readonly snapshot?: SnapshotManifest;
  /** Absent until the sweep has ended. */
  readonly result?: SweepResult;
  readonly curve?: StitchedCurve;
  /** Absent also where the table is too long to be read for a page. */
  readonly lanes?: LaneMeans;
};

/** Beyond this many rows the table is not read; what the result itself says of the lanes is shown. */
const rowsRead = 300_000;

export type SweepReportStores = { readonly objects: ObjectStore; readonly snapshots: SnapshotCatalog };

/** Reads what the report of a sweep shows, finished or not. Throws what the stores throw for damaged objects. */
export async function collectSweepReport(
  sweep: SweepRecord,
  cost: RunCost,
  { objects, snapshots }: SweepReportStores,
): Promise<SweepReportInput> {
  const spec = sweepSpecSchema.parse(sweep.spec);
  const objective = parseObjective(spec.objective);
  const snapshot = await snapshots.get(sweep.snapshotId);
  const warnings = await sweepWarnings(sweep, { objects, snapshots });
  const rest = { sweep, spec, objective, cost, warnings, ...(snapshot === undefined ? {} : { snapshot }) };
  const result = await loadResult(sweep, objects);
  if (result === undefined) return rest;
  const isRead = result.counts.rows <= rowsRead;
  return {
    ...rest,
    result,
    ...(result.stitched === null ? {} : { curve: await readStitchedCurve(result.stitched, objects) }),
    ...(isRead ? { lanes: await readLaneMeans(result, objective, objects) } : {}),
  };
}

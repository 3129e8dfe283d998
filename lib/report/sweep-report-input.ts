import type { ObjectStore } from "../market/object-store.ts";
import type { SnapshotCatalog } from "../market/snapshot-catalog.ts";
import type { SnapshotManifest } from "../market/snapshot-manifest.ts";
import { type Objective, parseObjective } from "../sweep/objective.ts";
import { getDocument } from "../sweep/sweep-objects.ts";
import { type SweepResult, sweepResultFormat } from "../sweep/sweep-result.ts";
import { type SweepSpec, sweepSpecSchema } from "../sweep/sweep-spec.ts";
import type { SweepRecord } from "../sweep/sweep-store.ts";
import type { RunCost } from "./run-document.ts";
import { type LaneMeans, readLaneMeans } from "./sweep-lane-means.ts";
import { readStitchedCurve, type StitchedCurve } from "./sweep-stitched-curve.ts";

/** All that the report of a sweep shows, as plain data: its size is bounded, however many lanes there are. */
export type SweepReportInput = {
  readonly sweep: SweepRecord;
  readonly spec: SweepSpec;
  readonly objective: Objective;
  readonly cost: RunCost;
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
  const rest = { sweep, spec, objective, cost, ...(snapshot === undefined ? {} : { snapshot }) };
  const result = await loadSweepResult(sweep, objects);
  if (result === undefined) return rest;
  const isRead = result.counts.rows <= rowsRead;
  return {
    ...rest,
    result,
    ...(result.stitched === null ? {} : { curve: await readStitchedCurve(result.stitched, objects) }),
    ...(isRead ? { lanes: await readLaneMeans(result, objective, objects) } : {}),
  };
}

/** The result of a sweep that has ended; undefined before. Throws SweepResultFormatError for one that this version cannot read. */
export async function loadSweepResult(
  { sweepId, resultHash }: Pick<SweepRecord, "sweepId" | "resultHash">,
  objects: ObjectStore,
): Promise<SweepResult | undefined> {
  if (resultHash === undefined) return undefined;
  const result = await getDocument<SweepResult>(resultHash, objects);
  if (result.format === sweepResultFormat) return result;
  throw new SweepResultFormatError(
    `The result of sweep "${sweepId}" has format ${result.format}, expected ${sweepResultFormat}: update backstitch, or start the sweep again.`,
  );
}

/** A sweep's result that another version wrote. */
export class SweepResultFormatError extends Error {
  override readonly name = "SweepResultFormatError";
}

import { randomBytes } from "node:crypto";
import { z } from "zod";
import { engineVersion } from "../engine/engine-version.ts";
import { findSnapshot } from "../market/find-snapshot.ts";
import { onlyInstrument, openSnapshot } from "../market/open-snapshot.ts";
import { loadStrategy, type RunStores } from "./opened-run.ts";
import { compileProgram, specDigest } from "./program.ts";
import type { NewRun, RunKey, RunRecord } from "./run-store.ts";
import type { Spec } from "./spec.ts";
import { resolveWindow } from "./window.ts";

/** A spec checked against its data and its strategy: what a run of it will be. */
export type PlannedRun = RunKey & {
  readonly spec: Spec;
  readonly name: string;
  readonly strategy: string;
  readonly startBar: number;
  readonly endBar: number;
  readonly laneCount: number;
};

/** Finds the snapshot, loads the strategy, checks the parameters and resolves the window; creates nothing. */
export async function planRun(spec: Spec, stores: RunStores): Promise<PlannedRun> {
  const manifest = await findSnapshot(spec.data.snapshot, stores.snapshots);
  const loaded = await loadStrategy(spec);
  const window = await resolveWindow(spec.data, openSnapshot(manifest, stores.objects));
  const { timeframe, lot } = onlyInstrument(manifest);
  const program = compileProgram(spec, loaded.strategy, { timeframe, startBar: window.startBar, lot });
  return {
    engineVersion,
    specDigest: specDigest(spec, loaded.digest),
    snapshotId: manifest.snapshotId,
    spec,
    name: spec.name ?? loaded.strategy.name,
    strategy: loaded.strategy.name,
    ...window,
    laneCount: program.lanes.length,
  };
}

export type RunAnswer =
  /** An equal run is complete: nothing is computed. */
  | { readonly kind: "exists"; readonly run: RunRecord }
  /** An equal run was begun and not finished: go on with it. */
  | { readonly kind: "unfinished"; readonly run: RunRecord }
  | { readonly kind: "created"; readonly run: RunRecord };

/** Law 8: answers a planned run from what exists, or creates it. With `fresh` it is always created. */
export async function answerRun(
  plan: PlannedRun,
  options: { readonly fresh: boolean; readonly nowMs: number },
  stores: RunStores,
): Promise<RunAnswer> {
  if (!options.fresh) {
    const completed = await stores.runs.findCompleted(plan);
    if (completed !== undefined) return { kind: "exists", run: completed };
    const newest = await stores.runs.findNewest(plan);
    if (newest !== undefined) return { kind: "unfinished", run: newest };
  }
  return { kind: "created", run: await createRun(plan, undefined, options.nowMs, stores) };
}

/** Creates a queued run under a new id. */
export async function createRun(
  plan: PlannedRun,
  origin: RunRecord["origin"],
  nowMs: number,
  stores: RunStores,
): Promise<RunRecord> {
  const runId = newRunId(plan.name);
  const created: NewRun = {
    runId,
    engineVersion: plan.engineVersion,
    specDigest: plan.specDigest,
    snapshotId: plan.snapshotId,
    name: plan.name,
    strategy: plan.strategy,
    spec: z.json().parse(plan.spec),
    startBar: plan.startBar,
    endBar: plan.endBar,
    createdAtMs: nowMs,
    ...(origin === undefined ? {} : { origin }),
  };
  const isNew = await stores.runs.createRun(created);
  const run = await stores.runs.getRun(runId);
  if (!isNew || run === undefined) throw new Error(`Run id ${runId} was drawn twice.`);
  return run;
}

/** The name in lower case and eight random characters: readable, and unique without a clock. */
function newRunId(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  return `${slug === "" ? "run" : slug}-${randomBytes(5).toString("hex").slice(0, 8)}`;
}

import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { engineVersion } from "../engine/engine-version.ts";
import { findSnapshot } from "../market/find-snapshot.ts";
import { onlyInstrument, openSnapshot } from "../market/open-snapshot.ts";
import { loadStrategy, type RunStores } from "./opened-run.ts";
import { compileProgram, specDigest } from "./program.ts";
import { keyLifeMs } from "./request-store.ts";
import { loadModels, resolveModels } from "./run-models.ts";
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

/** Finds the snapshot, loads the strategy and its models, checks the parameters and resolves the window; creates nothing. */
export async function planRun(written: Spec, stores: RunStores): Promise<PlannedRun> {
  const manifest = await findSnapshot(written.data.snapshot, stores.snapshots);
  const loaded = await loadStrategy(written);
  const spec = await resolveModels(written, loaded.strategy, stores.objects);
  const window = await resolveWindow(spec.data, openSnapshot(manifest, stores.objects));
  const { timeframe, lot } = onlyInstrument(manifest);
  await loadModels(spec, loaded.strategy, timeframe, stores.objects);
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

/** When a run is created, and for which request: a repeat of that request finds the run that the first one created. */
export type Creation = { readonly nowMs: number; readonly requestKey?: string | undefined };

/** Law 8: answers a planned run from what exists, or creates it. With `fresh` it is always created, once for each request. */
export async function answerRun(
  plan: PlannedRun,
  options: Creation & { readonly fresh: boolean },
  stores: RunStores,
): Promise<RunAnswer> {
  if (!options.fresh) {
    const completed = await stores.runs.findCompleted(plan);
    if (completed !== undefined) return { kind: "exists", run: completed };
    const newest = await stores.runs.findNewest(plan);
    if (newest !== undefined) return { kind: "unfinished", run: newest };
  }
  return { kind: "created", run: await createRunOnce(plan, undefined, options, stores) };
}

/** Creates a queued run under a new id. */
export async function createRun(
  plan: PlannedRun,
  origin: RunRecord["origin"],
  nowMs: number,
  stores: RunStores,
): Promise<RunRecord> {
  const runId = `${slugOf(plan.name)}-${randomBytes(4).toString("hex")}`;
  const run = (await stores.runs.createRun(newRun(runId, plan, origin, nowMs)))
    ? await stores.runs.getRun(runId)
    : undefined;
  if (run === undefined) throw new Error(`Run id ${runId} was drawn twice.`);
  return run;
}

/** Creates a queued run, or returns, in whatever state it is by now, the one that an earlier try of the same request created. */
export async function createRunOnce(
  plan: PlannedRun,
  origin: RunRecord["origin"],
  { nowMs, requestKey }: Creation,
  stores: RunStores,
): Promise<RunRecord> {
  if (requestKey === undefined) return createRun(plan, origin, nowMs, stores);
  const runId = `${slugOf(plan.name)}-${createHash("sha256").update(requestKey).digest("hex").slice(0, 16)}`;
  await stores.runs.createRun(newRun(runId, plan, origin, nowMs));
  const run = await stores.runs.getRun(runId);
  // A key that was forgotten since names another request now.
  return run === undefined || nowMs - run.createdAtMs >= keyLifeMs ? createRun(plan, origin, nowMs, stores) : run;
}

function newRun(runId: string, plan: PlannedRun, origin: RunRecord["origin"], nowMs: number): NewRun {
  return {
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
}

/** The name in lower case: the readable part of an id. */
function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  return slug === "" ? "run" : slug;
}

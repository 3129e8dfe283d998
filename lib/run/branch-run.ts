import { InputError } from "../engine/input-error.ts";
import { programColumns } from "../engine/program-columns.ts";
import { onlyInstrument, openSnapshot } from "../market/open-snapshot.ts";
import type { SnapshotManifest } from "../market/snapshot-manifest.ts";
import { encodeState, loadState, type RunState, recordCheckpoint } from "./checkpoint.ts";
import { loadStrategy, type RunStores } from "./opened-run.ts";
import { parseSpec } from "./parse-spec.ts";
import { compileProgram, specDigest } from "./program.ts";
import { isUnderWay } from "./run-status.ts";
import type { CheckpointRecord, RunRecord } from "./run-store.ts";
import type { Spec } from "./spec.ts";
import { type Creation, createRunOnce, type PlannedRun, planRun, type RunAnswer } from "./start-run.ts";

/** A run that cannot be forked or extended as asked. */
export class BranchError extends InputError {
  override readonly name = "BranchError";
}

/**
 * Starts a new run from a checkpoint with a changed spec: what was computed before the checkpoint is kept, what comes after follows the new spec. Columns
 * that new parameters ask for are computed from the bars before the checkpoint; the number of lanes stays.
 */
export async function forkRun(
  checkpoint: CheckpointRecord,
  spec: Spec,
  creation: Creation,
  stores: RunStores,
): Promise<RunRecord> {
  const state = await loadState(checkpoint, stores.objects);
  const plan = await planRun(spec, stores);
  await assertSamePast(checkpoint, plan, stores);
  return seedFrom(checkpoint, await rebase(state, plan, stores), plan, "fork", creation, stores);
}

/**
 * Goes on from a completed run's last checkpoint over a snapshot whose first bars are the run's own. Law 8: an equal run that exists already, completed or begun, is the answer.
 * `spec` is the base's with the new snapshot, and a later `to` where the base has one. Throws BranchError for a run that is not completed.
 */
export async function extendRun(
  base: RunRecord,
  spec: Spec,
  creation: Creation,
  stores: RunStores,
): Promise<RunAnswer> {
  assertCompleted(base);
  const head = await stores.runs.getCheckpoint(base.runId, base.headSequence);
  if (head === undefined)
    throw new BranchError(
      `Run "${base.runId}" has no checkpoint to go on from. See backstitch checkpoints verify ${base.runId}`,
    );
  const state = await loadState(head, stores.objects);
  const plan = await planRun(spec, stores);
  if (plan.endBar <= head.barIndex) {
    const limit =
      spec.data.to === undefined ? "" : ` The spec ends at ${spec.data.to}: give a later one with --set data.to=DATE.`;
    throw new BranchError(
      `Run "${base.runId}" is done to bar ${head.barIndex}; snapshot "${spec.data.snapshot}" gives it bars up to ${plan.endBar}, nothing new.${limit}`,
    );
  }
  await assertSameSpec(base, plan.spec);
  const kind = base.origin?.kind === "fork" ? "fork" : "extend";
  const equal = kind === "fork" ? undefined : await equalRun(plan, head.barIndex, stores);
  if (equal !== undefined) return equal;
  await assertSamePast(head, plan, stores);
  const { engineVersion, specDigest, snapshotId } = plan;
  const rebased = { ...state, engineVersion, specDigest, snapshotId };
  return { kind: "created", run: await seedFrom(head, rebased, plan, kind, creation, stores) };
}

/** A run of this plan that is completed, or that was begun and stands no earlier than an extension would begin. */
async function equalRun(plan: PlannedRun, fromBar: number, { runs }: RunStores): Promise<RunAnswer | undefined> {
  const completed = await runs.findCompleted(plan);
  if (completed !== undefined) return { kind: "exists", run: completed };
  const newest = await runs.findNewest(plan);
  return newest !== undefined && newest.headBar >= fromBar ? { kind: "unfinished", run: newest } : undefined;
}

/** What is left of an unfinished run's own bars is its own to compute: an extension would be a second run over them. */
function assertCompleted({ runId, status, startBar, headBar, endBar }: RunRecord): void {
  if (status === "completed") return;
  const todo = isUnderWay({ status })
    ? "Extend it when it has ended."
    : `Complete it first: backstitch resume ${runId}`;
  throw new BranchError(
    `Run "${runId}" is ${status} at bar ${headBar - startBar} of ${endBar - startBar}; only a completed run can be extended. ${todo}`,
  );
}

/** An extension goes on as it began: only the snapshot and where it ends may differ. */
async function assertSameSpec(base: RunRecord, spec: Spec): Promise<void> {
  const { to } = parseSpec(base.spec, `The stored spec of run "${base.runId}"`).data;
  const { to: _, ...data } = spec.data;
  const { digest } = await loadStrategy(spec);
  if (specDigest({ ...spec, data: to === undefined ? data : { ...data, to } }, digest) === base.specDigest) return;
  throw new BranchError(
    `Run "${base.runId}" can only be extended with its own spec and strategy; expected no change but data.snapshot and data.to. Fork it to change more: backstitch checkpoints fork ${base.headCheckpointId?.slice(0, 12) ?? "ID"}.`,
  );
}

/** The spec that extends a run: its own with another snapshot. */
export function extensionSpec(base: RunRecord, snapshot: string, change: (spec: unknown) => unknown): Spec {
  const spec = parseSpec(base.spec, `The stored spec of run "${base.runId}"`);
  return parseSpec(change({ ...spec, data: { ...spec.data, snapshot } }), `The extended spec of run "${base.runId}"`);
}

/** Creates the run with this state as its head and the segments before it as its own; goes on with what an earlier try of the same request left. */
async function seedFrom(
  checkpoint: CheckpointRecord,
  state: RunState,
  plan: PlannedRun,
  kind: "fork" | "extend",
  creation: Creation,
  stores: RunStores,
): Promise<RunRecord> {
  const origin = { kind, runId: checkpoint.runId, checkpointId: checkpoint.checkpointId };
  const run = await createRunOnce(plan, origin, creation, stores);
  if (run.headSequence > 0) return run;
  if (run.specDigest !== plan.specDigest || run.snapshotId !== plan.snapshotId)
    throw new BranchError(
      `Run "${run.runId}" was created by an earlier try of this request, and its strategy or its data changed since. Ask again under a new Idempotency-Key.`,
    );
  const { sequence, parentId, barTimeMs } = checkpoint;
  const record = await recordCheckpoint(
    state,
    encodeState(state),
    { runId: run.runId, sequence, parentId, barTimeMs, createdAtMs: creation.nowMs },
    stores.objects,
  );
  const before = (await stores.runs.listSegments(checkpoint.runId)).filter((segment) => segment.sequence <= sequence);
  const inherited = before.map((segment) => ({ ...segment, runId: run.runId }));
  if (!(await stores.runs.seedRun(record, inherited)))
    throw new Error(`Run "${run.runId}" was started before it was seeded.`);
  const seeded = await stores.runs.getRun(run.runId);
  if (seeded === undefined) throw new Error(`Run "${run.runId}" is gone.`);
  return seeded;
}

/** The bars that the state has seen must be the first bars of the new plan: the same window start, and the same bars in its snapshot. */
async function assertSamePast(checkpoint: CheckpointRecord, plan: PlannedRun, stores: RunStores): Promise<void> {
  const base = await stores.runs.getRun(checkpoint.runId);
  if (base !== undefined && base.startBar !== plan.startBar) {
    throw new BranchError(
      `The checkpoint's run starts at bar ${base.startBar}, the new spec at bar ${plan.startBar}: a fork keeps data.from.`,
    );
  }
  if (plan.endBar < checkpoint.barIndex) {
    throw new BranchError(
      `The checkpoint stands at bar ${checkpoint.barIndex}, the new spec ends before it at bar ${plan.endBar}. Give a later data.to or an earlier checkpoint.`,
    );
  }
  if (checkpoint.snapshotId === plan.snapshotId) return;
  const [before, after] = [
    await stores.snapshots.get(checkpoint.snapshotId),
    await stores.snapshots.get(plan.snapshotId),
  ];
  if (before === undefined || after === undefined)
    throw new BranchError(`Snapshot ${checkpoint.snapshotId} of the checkpoint is not here any more.`);
  await assertSamePrefix(before, after, checkpoint.barIndex, stores);
}

/** Full chunks are compared by hash, the chunk in which the bars end by its bars. */
async function assertSamePrefix(
  before: SnapshotManifest,
  after: SnapshotManifest,
  endBar: number,
  stores: RunStores,
): Promise<void> {
  const [old, now] = [openSnapshot(before, stores.objects), openSnapshot(after, stores.objects)];
  const [oldChunks, newChunks] = [before.instruments[0]?.chunks ?? [], after.instruments[0]?.chunks ?? []];
  for (const [index, chunk] of oldChunks.entries()) {
    if (chunk.startBar >= endBar || chunk.hash === newChunks[index]?.hash) continue;
    const end = Math.min(endBar, chunk.startBar + chunk.barCount);
    const a = await old.read(chunk.startBar, end);
    const b = end <= now.barCount ? await now.read(chunk.startBar, end) : undefined;
    for (let i = 0; i < a.close.length; i++) {
      const differs = (["openTimeMs", "open", "high", "low", "close", "volume"] as const).find(
        (column) => a[column][i] !== b?.[column][i],
      );
      if (differs !== undefined) {
        throw new BranchError(
          `Snapshot "${after.snapshotId.slice(0, 12)}" is not a continuation: bar ${chunk.startBar + i} (${new Date(a.openTimeMs[i] as number).toISOString()}) differs in ${differs}, expected ${a[differs][i]}, found ${b?.[differs][i] ?? "no bar"}. Run the spec over it from the start.`,
        );
      }
    }
  }
}

/**
 * The state as the new plan continues it: its own identity, and columns that the new parameters ask for and the old run did not compute, from the bars
 * before the checkpoint. Throws BranchError when the lanes do not fit.
 */
async function rebase(state: RunState, plan: PlannedRun, stores: RunStores): Promise<RunState> {
  const { engineVersion, specDigest, snapshotId } = plan;
  const manifest = await stores.snapshots.get(snapshotId);
  if (manifest === undefined) throw new BranchError(`Snapshot ${snapshotId} is not here any more.`);
  const { timeframe, lot } = onlyInstrument(manifest);
  const loaded = await loadStrategy(plan.spec);
  const program = compileProgram(plan.spec, loaded.strategy, { timeframe, startBar: plan.startBar, lot });
  if (program.lanes.length !== state.lanes.length) {
    throw new BranchError(
      `The checkpoint has ${state.lanes.length} lanes, the new spec ${program.lanes.length}: a fork keeps their number.`,
    );
  }
  const columns = programColumns(program);
  const snapshot = openSnapshot(manifest, stores.objects);
  for (let bar = plan.startBar; bar < state.barIndex; ) {
    const chunkEnd = (Math.floor(bar / manifest.chunkBars) + 1) * manifest.chunkBars;
    const bars = await snapshot.read(bar, Math.min(chunkEnd, state.barIndex));
    columns.compute(bars);
    bar += bars.close.length;
  }
  return { ...state, engineVersion, specDigest, snapshotId, columns: columns.save() };
}

import { changeSweep, SweepSupersededError } from "../sweep/change-sweep.ts";
import { itemsOnAws, measuredSizing } from "../sweep/item-sizing.ts";
import { type OpenedSweep, openSweep, type SweepStores } from "../sweep/open-sweep.ts";
import { parseSweepSpec } from "../sweep/parse-sweep-spec.ts";
import { sampleLanes } from "../sweep/sample-lanes.ts";
import { type SelectedSweep, selectWinners } from "../sweep/select-winners.ts";
import { stitchSweep } from "../sweep/stitch-sweep.ts";
import { getDocument } from "../sweep/sweep-objects.ts";
import type { SweepRecord } from "../sweep/sweep-store.ts";
import { nextTrials, planTrials, type Trials } from "../sweep/trials.ts";
import { advanceWinners } from "../sweep/winner-runs.ts";
import type { SweepCall } from "./sweep-execution-call.ts";
import { endSweep } from "./sweep-execution-end.ts";
import { holdSweep } from "./sweep-execution-hold.ts";
import { assertItemsDone, listItems } from "./sweep-execution-items.ts";

/**
 * The steps of a sweep between its maps, one invocation each. Every one may be repeated, doubled, late or killed: what is stored already decides what is to be done.
 * What a step throws is recorded when the execution ends by it.
 */
export type SweepAnswer =
  /** A map over the list with this hash; then Select. */
  | { readonly next: "inSample" | "outOfSample"; readonly items: string }
  | { readonly next: "select" | "stitch" }
  /** The sweep has its answer, is cancelled, or is not this execution's any more. */
  | { readonly next: "stop" };

export type SweepReport = { readonly answer: SweepAnswer; readonly sweep: SweepRecord };

/** First step: takes or finds the attempt, plans the runs in-sample and lists those that are not done. Throws what `openSweep` throws. */
export async function expandStep(call: SweepCall, nowMs: number, stores: SweepStores): Promise<SweepReport> {
  return onHeldSweep(call, "first", nowMs, stores, async (sweep, opened) =>
    mapOf("inSample", (await trialsOf(sweep, opened, stores)).due, "select", stores),
  );
}

/**
 * The step after a map: checks that its runs are done, and says what comes next: a further round of an optimiser, winners' runs that are due (of chained windows one
 * after another), or the end. Throws SweepItemsError.
 */
export async function selectStep(call: SweepCall, nowMs: number, stores: SweepStores): Promise<SweepReport> {
  return onHeldSweep(call, "later", nowMs, stores, async (sweep, opened) => {
    if (call.items !== undefined) await assertItemsDone(call.items, stores);
    const trials = await trialsOf(sweep, opened, stores);
    if (sweep.winnersHash === undefined) {
      // A late call may come while a later round is under way.
      const items = await listItems(trials.due, stores);
      if (items !== undefined) return { next: "inSample", items };
      const next = await nextTrials(sweep, opened, trials, stores);
      if (next !== undefined) return mapOf("inSample", next.due, "select", stores);
    }
    const selected = await selection(sweep, opened, trials, stores);
    const winners = await advanceWinners(sweep, opened, selected, trials.lanes, stores);
    return mapOf("outOfSample", winners.due, "stitch", stores);
  });
}

/** Last step: joins what all runs came to, stores the answer and ends the sweep. */
export async function stitchStep(call: SweepCall, nowMs: () => number, stores: SweepStores): Promise<SweepReport> {
  return onHeldSweep(call, "later", nowMs(), stores, async (sweep, opened) => {
    const trials = await trialsOf(sweep, opened, stores);
    const selected = await selection(sweep, opened, trials, stores);
    const { all: winners } = await advanceWinners(sweep, opened, selected, trials.lanes, stores);
    await stitchSweep({ sweep, opened, selected, winners, ...trials }, nowMs(), stores);
    const spentMs = nowMs() - (sweep.owner?.heartbeatAtMs ?? nowMs());
    const addTime = (now: SweepRecord) => ({ ...now, durationMs: now.durationMs + spentMs });
    await changeSweep(sweep.sweepId, addTime, stores.sweeps);
    return { next: "stop" };
  });
}

/** A map over those of the runs that are not done; without any, what comes after it. */
async function mapOf(
  map: "inSample" | "outOfSample",
  due: readonly { readonly runId: string; readonly family?: string }[],
  after: "select" | "stitch",
  stores: SweepStores,
): Promise<SweepAnswer> {
  const items = await listItems(due, stores);
  return items === undefined ? { next: after } : { next: map, items };
}

async function onHeldSweep(
  call: SweepCall,
  step: "first" | "later",
  nowMs: number,
  stores: SweepStores,
  work: (sweep: SweepRecord, opened: OpenedSweep) => Promise<SweepAnswer>,
): Promise<SweepReport> {
  const { kind, sweep } = await holdSweep(call, step, nowMs, stores.sweeps);
  if (kind === "passed") return { answer: { next: "stop" }, sweep };
  if (sweep.status === "cancelling") {
    const ended = await endSweep(sweep, { status: "cancelled", atMs: nowMs }, stores.sweeps);
    return { answer: { next: "stop" }, sweep: ended ?? sweep };
  }
  const written = parseSweepSpec(sweep.spec, `The stored spec of sweep "${sweep.sweepId}"`);
  const answer = await work(sweep, await openSweep(written, stores)).catch(stopWhenSuperseded);
  return { answer, sweep: (await stores.sweeps.getSweep(sweep.sweepId)) ?? sweep };
}

/** Another attempt has the sweep since and will end it: this execution ends without an error, as one that finds so before its step. */
function stopWhenSuperseded(error: unknown): SweepAnswer {
  if (error instanceof SweepSupersededError) return { next: "stop" };
  throw error;
}

/** Runs are cut by the speed that is measured when they are planned first. */
function trialsOf(sweep: SweepRecord, opened: OpenedSweep, stores: SweepStores): Promise<Trials> {
  const sizing = async () => measuredSizing(await sampleLanes(opened, itemsOnAws.sample), itemsOnAws);
  return planTrials(sweep, opened, sizing, stores);
}

async function selection(
  sweep: SweepRecord,
  opened: OpenedSweep,
  trials: Trials,
  stores: SweepStores,
): Promise<SelectedSweep> {
  if (sweep.winnersHash !== undefined) return getDocument<SelectedSweep>(sweep.winnersHash, stores.objects);
  return selectWinners(sweep, opened, trials, stores);
}

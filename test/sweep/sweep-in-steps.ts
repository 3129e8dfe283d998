import { indexLanes } from "../../lib/cloud/sweep-execution-items.ts";
import { expandStep, type SweepAnswer, selectStep, stitchStep } from "../../lib/cloud/sweep-execution-steps.ts";
import type { BarColumns } from "../../lib/market/bar-rows.ts";
import type { RunRecord } from "../../lib/run/run-store.ts";
import { workOnRun } from "../../lib/run/work-on-run.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import type { Stores } from "../../lib/stores/stores.ts";
import { createSweep } from "../../lib/sweep/create-sweep.ts";
import { parseSweepSpec } from "../../lib/sweep/parse-sweep-spec.ts";
import { getDocument } from "../../lib/sweep/sweep-objects.ts";
import type { SweepResult } from "../../lib/sweep/sweep-result.ts";
import type { SweepSpecInput } from "../../lib/sweep/sweep-spec.ts";
import { putSnapshot } from "../simulation/put-snapshot.ts";

export type StitchedTrade = { readonly window: number; readonly netProfit: string } & Readonly<Record<string, unknown>>;

export type SteppedSweep = {
  readonly sweepId: string;
  readonly result: SweepResult;
  /** The stitched record; empty where there is none. */
  readonly bars: readonly number[];
  readonly equity: readonly number[];
  readonly trades: readonly StitchedTrade[];
  readonly stores: Stores;
};

const executionArn = "arn:aws:states:eu-west-1:111122223333:execution:sweep:s-1";

/**
 * Computes a sweep over daily bars ("bars") in memory, by the steps of the state machine; each step is asked twice, and a run is interrupted whenever it has looked so often
 * whether it is to stop.
 */
export async function sweepInSteps(bars: BarColumns, spec: SweepSpecInput, looks = 1_000): Promise<SteppedSweep> {
  const stores = await openMemoryStores();
  await putSnapshot(bars, { name: "bars", timeframe: "1d", chunkBars: 64 }, stores);
  const { sweepId } = (await createSweep(parseSweepSpec(spec, "The spec"), 1_000, stores)).sweep;
  const call = { sweepId, executionArn, startedAt: new Date(2_000).toISOString() };
  let { answer } = await expandStep(call, 2_000, stores);
  // Each turn does at least one run, or goes on to the next step.
  for (let turn = 0; turn < 10_000 && answer.next !== "stop"; turn++) answer = await next(answer);
  const { resultHash, status, reason } = (await stores.sweeps.getSweep(sweepId)) ?? {};
  if (resultHash === undefined) throw new Error(`The sweep is ${status}: ${reason?.message}`);
  const result = await getDocument<SweepResult>(resultHash, stores.objects);
  if (result.stitched === null) return { sweepId, result, bars: [], equity: [], trades: [], stores };
  const { equityHash, tradesHash } = result.stitched;
  const curve = await getDocument<{ bar: number[]; equity: number[] }>(equityHash, stores.objects);
  const trades = await getDocument<StitchedTrade[]>(tradesHash, stores.objects);
  return { sweepId, result, bars: curve.bar, equity: curve.equity, trades, stores };

  async function next(before: SweepAnswer): Promise<SweepAnswer> {
    switch (before.next) {
      case "inSample":
      case "outOfSample": {
        const items = await getDocument<readonly { readonly runId: string }[]>(before.items, stores.objects);
        for (const item of items) await indexLanes(item, await computed(item.runId, looks, stores), stores);
        await selectStep({ ...call, items: before.items }, 3_000, stores);
        return (await selectStep({ ...call, items: before.items }, 3_000, stores)).answer;
      }
      case "select":
        return (await selectStep(call, 3_000, stores)).answer;
      case "stitch":
        return (await stitchStep(call, () => 4_000, stores)).answer;
      case "stop":
        return before;
    }
  }
}

/** The run when it is completed. */
async function computed(runId: string, looks: number, { runs, ...stores }: Stores): Promise<RunRecord> {
  for (let tries = 0; tries < 10_000; tries++) {
    const run = await runs.getRun(runId);
    if (run === undefined || run.status === "completed") break;
    const { run: taken } = await runs.beginAttempt(runId, run.attempt, { host: "h", pid: 1, heartbeatAtMs: 0 });
    let left = looks;
    const stop = async () => (--left <= 0 ? "interrupt" : undefined);
    await workOnRun(taken, { stop, onChunk: () => undefined, nowMs: () => 5_000 }, { ...stores, runs });
  }
  const run = await runs.getRun(runId);
  if (run === undefined) throw new Error(`Run ${runId} is gone.`);
  return run;
}

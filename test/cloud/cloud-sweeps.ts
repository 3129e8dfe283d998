import { setTimeout as sleep } from "node:timers/promises";
import {
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  ListMapRunsCommand,
} from "@aws-sdk/client-sfn";
import { isSweepUnderWay } from "../../lib/cloud/sweep-execution-hold.ts";
import { runSweep } from "../../lib/local/run-sweep.ts";
import type { BarColumns } from "../../lib/market/bar-rows.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import { createSweep } from "../../lib/sweep/create-sweep.ts";
import type { SweepStores } from "../../lib/sweep/open-sweep.ts";
import { parseSweepSpec } from "../../lib/sweep/parse-sweep-spec.ts";
import { getDocument } from "../../lib/sweep/sweep-objects.ts";
import type { SweepResult } from "../../lib/sweep/sweep-result.ts";
import type { SweepSpecInput } from "../../lib/sweep/sweep-spec.ts";
import type { SweepRecord } from "../../lib/sweep/sweep-store.ts";
import { generatedBars } from "../simulation/generated-bars.ts";
import { putSnapshot, type SnapshotOptions } from "../simulation/put-snapshot.ts";
import { temporaryFolder } from "../stores/temporary-folder.ts";
import type { LocalCloud } from "./local-cloud.ts";

/** Six windows of 500 bars in-sample and 125 out of sample, a chunk and a segment each 125 bars. */
export const walk: SweepBars = {
  bars: generatedBars(1_250, 11, 60_000),
  options: { name: "walk", timeframe: "1m", chunkBars: 125 },
};

/** A sweep over these windows; with other values of `slow` it shares no lane with another. */
export const walkSpec = (slow: readonly number[]): SweepSpecInput => ({
  name: "walk",
  base: {
    data: { snapshot: "walk" },
    strategy: { name: "sma-cross" },
    account: { cash: 100_000 },
    sizing: { kind: "units", units: 10 },
    execution: { commission: { kind: "percent", percent: 0.1 } },
    checkpoint: { everyBars: 125 },
  },
  space: { fast: [5, 10, 15], slow: [...slow] },
  windows: { kind: "rolling", inSample: "500 bars", outOfSample: "125 bars" },
  objective: "totalReturn",
  capital: "chained",
});

export type SweepBars = { readonly bars: BarColumns; readonly options: SnapshotOptions };

/** A new sweep of the spec, not started. */
export async function createdSweep(spec: SweepSpecInput, stores: SweepStores): Promise<SweepRecord> {
  return (await createSweep(parseSweepSpec(spec, "The spec"), Date.now(), stores)).sweep;
}

/** Creates a sweep of the spec and starts its execution. */
export async function startSweep(spec: SweepSpecInput, { stores, sweepWorkflow }: LocalCloud): Promise<SweepRecord> {
  const outcome = await sweepWorkflow.start(await createdSweep(spec, stores), "auto");
  if (outcome.kind !== "started") throw new Error(`Sweep ${outcome.sweep.sweepId} was not started: ${outcome.kind}.`);
  return outcome.sweep;
}

/** The sweep when nobody works on it any more; throws after this long. */
export async function endedSweep(sweepId: string, { stores }: LocalCloud, withinMs = 120_000): Promise<SweepRecord> {
  for (const untilMs = Date.now() + withinMs; ; ) {
    const sweep = await stores.sweeps.getSweep(sweepId);
    if (sweep !== undefined && !isSweepUnderWay(sweep)) return sweep;
    if (Date.now() > untilMs) throw new Error(`Sweep ${sweepId} is still ${sweep?.status} after ${withinMs} ms.`);
    await sleep(20);
  }
}

/** The stored answer of a sweep. */
export async function answerOf({ resultHash, ...sweep }: SweepRecord, stores: SweepStores): Promise<SweepResult> {
  if (resultHash === undefined) {
    throw new Error(`Sweep ${sweep.sweepId} is ${sweep.status}: ${sweep.reason?.name} ${sweep.reason?.message}`);
  }
  return getDocument<SweepResult>(resultHash, stores.objects);
}

/** The answer that the sweep has on a laptop, in worker threads over local stores. */
export async function laptopAnswer(spec: SweepSpecInput, { bars, options }: SweepBars): Promise<SweepResult> {
  const home = await temporaryFolder();
  const stores = await openLocalStores(home.path);
  try {
    await putSnapshot(bars, options, stores);
    const created = await createdSweep(spec, stores);
    const { sweepId } = created;
    const end = await runSweep({
      sweepId,
      home: home.path,
      stores,
      workers: 1,
      onProgress: () => undefined,
      stop: new AbortController().signal,
    });
    if (end.kind !== "completed") throw new Error(`The laptop's sweep is ${end.kind}.`);
    return await answerOf((await stores.sweeps.getSweep(sweepId)) ?? created, stores);
  } finally {
    await stores.close();
    await home.remove();
  }
}

/** Names of the states of the execution in the order in which they were entered. */
export async function statesOf(executionArn: string | undefined, { stack }: LocalCloud): Promise<readonly string[]> {
  const { events = [] } = await stack.sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000 }));
  return events.flatMap(({ stateEnteredEventDetails: entered }: HistoryEvent) =>
    entered?.name === undefined ? [] : [entered.name],
  );
}

/** The executions of all maps of the execution, one for each run. */
export async function childrenOf(executionArn: string | undefined, { stack }: LocalCloud): Promise<readonly string[]> {
  const { mapRuns = [] } = await stack.sfn.send(new ListMapRunsCommand({ executionArn }));
  const lists = mapRuns.map(({ mapRunArn }) => stack.sfn.send(new ListExecutionsCommand({ mapRunArn })));
  return (await Promise.all(lists)).flatMap(({ executions = [] }) =>
    executions.flatMap((child) => child.executionArn ?? []),
  );
}

/** The runs whose steps the function was called for, once for each call. */
export function runsCalled(functionName: string, { stack }: LocalCloud, sinceMs = 0): readonly string[] {
  return stack.lambdaHost.invocations
    .filter((call) => call.functionName === stack.functionNames[functionName] && call.startedAtMs >= sinceMs)
    .map(({ payload }) => (payload as { readonly runId: string }).runId);
}

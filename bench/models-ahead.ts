import assert from "node:assert/strict";
import { askInThreads } from "../lib/local/ask-in-threads.ts";
import type { Stretch } from "../lib/run/answers-ahead.ts";
import { addModel } from "../lib/run/model-catalog.ts";
import { parseSpec } from "../lib/run/parse-spec.ts";
import { createRun, planRun } from "../lib/run/start-run.ts";
import { openLocalStores } from "../lib/stores/local/stores.ts";
import type { Bench, BenchRow } from "./bench.ts";
import { benchmarkBars } from "./benchmark-bars.ts";
import { modelFiles } from "./benchmark-model.ts";
import { benchmarkSpec, withStoredBenchmark } from "./stored-benchmark.ts";

const bars = 600_000;
const runs = 3;

export const modelsAheadBench: Bench = {
  name: "models-ahead",
  measures: "a dense network 16→512→512→3 asked ahead in one thread and in two, their start and the stores included",
  run: () => withStoredBenchmark(bars, bars, measure),
};

async function measure(home: string): Promise<readonly BenchRow[]> {
  const stores = await openLocalStores(home);
  await addModel(modelFiles([16, 512, 512, 3], benchmarkBars(20_000)), undefined, Date.now(), stores.objects);
  const spec = parseSpec({ ...benchmarkSpec(bars), strategy: { name: "model", params: { model: "bench" } } }, "bench");
  const { runId } = await createRun(await planRun(spec, stores), undefined, Date.now(), stores);
  const half = Math.ceil(bars / 2 / 1_024) * 1_024;
  const one: Stretch[] = [{ runId, startBar: 0, endBar: bars }];
  const two: Stretch[] = [
    { runId, startBar: 0, endBar: half },
    { runId, startBar: half, endBar: bars },
  ];
  const ask = askInThreads({ home });
  const timeOf = async (stretches: readonly Stretch[]): Promise<number> => {
    const beganMs = performance.now();
    assert.equal((await ask(stretches)).length, stretches.length);
    return performance.now() - beganMs;
  };
  let [oneBestMs, twoBestMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let run = 0; run < runs; run++) {
    oneBestMs = Math.min(oneBestMs, await timeOf(one));
    twoBestMs = Math.min(twoBestMs, await timeOf(two));
  }
  await stores.close();
  return [{ bars, oneBestMs, twoBestMs, timesFaster: oneBestMs / twoBestMs }];
}

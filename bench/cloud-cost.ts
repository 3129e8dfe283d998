import { billOf } from "../lib/cloud/cost-model.ts";
import { estimateRun } from "../lib/cloud/estimate-run.ts";
import { pricesDate, pricesOf } from "../lib/cloud/prices.ts";
import { sampleRun } from "../lib/cloud/sample-run.ts";
import { parseSpec } from "../lib/run/parse-spec.ts";
import { planRun } from "../lib/run/start-run.ts";
import { openMemoryStores } from "../lib/stores/memory/stores.ts";
import type { Bench, BenchRow } from "./bench.ts";
import { benchmarkSpec, putBenchmark } from "./stored-benchmark.ts";

const memoryMb = 1_769;
const region = "us-east-1";
const chunkBars = 65_536;

export const cloudCostBench: Bench = {
  name: "cloud-cost",
  measures: `what the benchmark case would cost on AWS in US dollars, modelled from a sample of a million bars on this machine, ${memoryMb} MB, list prices of ${pricesDate} in ${region}`,
  async run(): Promise<readonly BenchRow[]> {
    const stores = await openMemoryStores();
    await putBenchmark(1_000_000, stores);
    const plan = await planRun(parseSpec(benchmarkSpec(100_000), "The benchmark's spec"), stores);
    const sample = await sampleRun(plan, stores, () => performance.now());
    return [1e6, 1e8, 1e10].flatMap((bars) =>
      [100_000, 1_000_000].map((segmentBars) => {
        const estimate = estimateRun({ bars, segmentBars, chunkBars, memoryMb, sample });
        const { lambda, stepFunctions, dynamodb, s3, total } = billOf(estimate.usage, pricesOf(region), "x86_64");
        const { segments, seconds } = estimate;
        const round = (dollars: number): string => dollars.toFixed(4);
        return {
          bars,
          segmentBars: estimate.segmentBars,
          segments,
          barsPerSecond: Math.round(sample.barsPerSecond),
          hours: seconds / 3_600,
          finishSeconds: estimate.finishSeconds,
          lambda: round(lambda),
          stepFunctions: round(stepFunctions),
          dynamodb: round(dynamodb),
          s3: round(s3),
          total: round(total),
          usdPerBillionBars: (total / bars) * 1e9,
        };
      }),
    );
  },
};

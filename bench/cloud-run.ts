import assert from "node:assert/strict";
import { join } from "node:path";
import { bundleFunctions } from "../lib/cloud/bundle-functions.ts";
import { parseSpec } from "../lib/run/parse-spec.ts";
import { createRun, planRun } from "../lib/run/start-run.ts";
import { endedRun } from "../test/cloud/cloud-runs.ts";
import type { PassedRequest } from "../test/cloud/fault-proxy.ts";
import { type LocalCloud, openLocalCloud } from "../test/cloud/local-cloud.ts";
import { whyNoServers } from "../test/cloud/servers.ts";
import { temporaryFolder } from "../test/stores/temporary-folder.ts";
import { benchmarkSpec, putBenchmark } from "./stored-benchmark.ts";

/** The benchmark case on the local servers: one million bars in 50 segments. */
export const cloudCase = { bars: 1_000_000, segmentBars: 20_000, runs: 3, coldStarts: 7 };

export type SegmentInvocation = {
  /** The invocation began with the start of a process. */
  readonly isCold: boolean;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** From the end of the step before to the start of this one. */
  readonly waitedMs: number;
  /** What the function asked DynamoDB and S3, in the order of time. */
  readonly requests: readonly FunctionRequest[];
};

export type FunctionRequest = PassedRequest & { readonly service: "DynamoDB" | "S3" };

let measured: Promise<readonly SegmentInvocation[]> | undefined;

/** The segments that bundled functions computed on the synthesized state machine; or why there are none. Measured once for all benches of a process. */
export async function cloudInvocations(): Promise<readonly SegmentInvocation[] | { readonly skipped: string }> {
  const skipped = whyNoServers();
  if (skipped !== undefined) return { skipped };
  measured ??= measure();
  return measured;
}

async function measure(): Promise<readonly SegmentInvocation[]> {
  const { bars, segmentBars, runs, coldStarts } = cloudCase;
  const [cloud, folder] = await Promise.all([openLocalCloud({}), temporaryFolder()]);
  try {
    await putBenchmark(bars, cloud.stores);
    for (let run = 0; run < runs; run++) await runOnce(cloud, bars);
    await bundleFunctions({ outFolder: folder.path, names: ["segment"] });
    for (let start = 0; start < coldStarts; start++) {
      // The same code, given anew: its next invocation begins with a process.
      cloud.stack.lambdaHost.updateCode(cloud.stack.functionNames.segment ?? "", join(folder.path, "segment"));
      await runOnce(cloud, 2 * segmentBars);
    }
    return segmentsOf(cloud);
  } finally {
    await Promise.all([cloud.stop(), folder.remove()]);
  }
}

async function runOnce(cloud: LocalCloud, bars: number): Promise<void> {
  const to = new Date(Date.UTC(2020, 0, 1) + (bars - 1) * 60_000).toISOString();
  const spec = { ...benchmarkSpec(cloudCase.segmentBars), data: { snapshot: "benchmark", to } };
  const parsed = parseSpec(spec, "The benchmark's spec");
  const run = await createRun(await planRun(parsed, cloud.stores), undefined, Date.now(), cloud.stores);
  await cloud.workflow.start(run, "auto");
  const { status, headBar } = await endedRun(run.runId, cloud);
  assert.deepEqual({ status, headBar }, { status: "completed", headBar: bars });
}

function segmentsOf({ stack, dynamoProxy, s3Proxy }: LocalCloud): SegmentInvocation[] {
  const seen: FunctionRequest[] = [
    ...dynamoProxy.seen.map((request) => ({ ...request, service: "DynamoDB" as const })),
    ...s3Proxy.seen.map((request) => ({ ...request, service: "S3" as const })),
  ].sort((a, b) => a.atMs - b.atMs);
  return stack.lambdaHost.invocations.flatMap(({ functionName, isCold, startedAtMs, endedAtMs = 0 }, index, all) => {
    if (functionName !== stack.functionNames.segment) return [];
    const waitedMs = startedAtMs - (all[index - 1]?.endedAtMs ?? startedAtMs);
    const requests = seen.filter(({ atMs }) => atMs >= startedAtMs && atMs < endedAtMs + 1);
    return [{ isCold, startedAtMs, endedAtMs, waitedMs, requests }];
  });
}

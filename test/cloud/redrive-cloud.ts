import { DeleteObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { DescribeExecutionCommand, GetExecutionHistoryCommand, type HistoryEvent } from "@aws-sdk/client-sfn";
import { expect } from "vitest";
import { type Remote, remoteOf } from "../../lib/cloud/remote.ts";
import { onlyInstrument } from "../../lib/market/open-snapshot.ts";
import type { RunRecord } from "../../lib/run/run-store.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { awsClients, closeClients } from "../../lib/stores/aws/clients.ts";
import { generatedBars } from "../simulation/generated-bars.ts";
import { marketStores, plannedRun } from "../simulation/planned-run.ts";
import { putSnapshot } from "../simulation/put-snapshot.ts";
import { live, storedRun } from "../simulation/run-lives.ts";
import { readOutcome } from "../simulation/run-outcome.ts";
import { endedRun } from "./cloud-runs.ts";
import { strategiesFolder } from "./end-to-end.suite.ts";
import { type FrontedCloud, openFrontedCloud } from "./fronted-cloud.ts";
import type { Fault as InvocationFault } from "./lambda-host/faults.ts";
import { region } from "./local-cloud.ts";

const market = { count: 3_000, seed: 7, timeframe: "1m", chunkBars: 500 };
/** Each segment reads a chunk of its own. */
const everyBars = market.chunkBars;
export const segmentEnds = [500, 1_000, 1_500, 2_000, 2_500, 3_000];

/** A local cloud with 3,000 bars in six chunks, runs of a segment a chunk, and what is done to them. */
export type RedriveCloud = FrontedCloud & {
  readonly remote: Remote;
  /** The digest that the run of `spec` has on a laptop. */
  readonly laptopDigest: string;
  readonly spec: object;
  /** A new run of the spec, started through the API; the name of a strategy and its parameters may be others. */
  begin(strategy?: object): Promise<string>;
  ended(runId: string): Promise<RunRecord>;
  record(runId: string): Promise<RunRecord>;
  executionArn(runId: string, attempt: number): string;
  history(executionArn: string): Promise<readonly HistoryEvent[]>;
  /** The bars at which segments ended, in the order in which the execution's history has them. */
  segmentBars(executionArn: string): Promise<readonly number[]>;
  status(executionArn: string): Promise<string>;
  /** Takes a chunk out of the bucket, from 0 on; returns how to put it back. */
  removeChunk(index: number): Promise<() => Promise<void>>;
  /** Holds the n-th segment from now on back before it writes its parts, until it is released; `reached` resolves when it waits. */
  holdSegment(n: number, fault?: InvocationFault): { readonly reached: Promise<void>; release(): void };
  ask(method: string, path: string, body?: object): Promise<{ readonly status: number; readonly body: unknown }>;
};

export async function openRedriveCloud(now?: () => number): Promise<RedriveCloud> {
  const cloud = await openFrontedCloud({ strategiesFolder, ...(now !== undefined && { now }) });
  const { stores, stack, environment } = cloud;
  const clients = awsClients({ region }, environment);
  const bars = generatedBars(market.count, market.seed, 60_000);
  const { chunks } = onlyInstrument(await putSnapshot(bars, { ...market, name: "bars" }, stores));
  const hashOf = (index: number): string => chunks[index]?.hash ?? "";
  const remote = remoteOf(cloud.api());
  const history = async (executionArn: string): Promise<readonly HistoryEvent[]> =>
    (await stack.sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000 }))).events ?? [];
  return {
    ...cloud,
    remote,
    laptopDigest: await digestOnLaptop(),
    spec,
    begin: async (strategy = spec.strategy) => (await remote.runs.start({ ...spec, strategy }, true)).runId,
    ended: (runId) => endedRun(runId, cloud),
    record: (runId) => storedRun(runId, stores),
    executionArn: (runId, attempt) =>
      `${stack.runStateMachineArn.replace(":stateMachine:", ":execution:")}:${runId}-${attempt}`,
    history,
    segmentBars: async (executionArn) =>
      (await history(executionArn)).flatMap(({ stateExitedEventDetails: exited }) =>
        exited?.name === "Segment" ? [Number(JSON.parse(exited.output ?? "{}").bar)] : [],
      ),
    status: async (executionArn) =>
      String((await stack.sfn.send(new DescribeExecutionCommand({ executionArn }))).status),
    removeChunk: (index) => removeChunk(cloud, clients.s3, hashOf(index)),
    holdSegment: (n, fault) => holdSegment(cloud, n, fault),
    async ask(method, path, body) {
      const url = new URL(cloud.front.url + path);
      const text = body === undefined ? undefined : JSON.stringify(body);
      const headers = await cloud.signer()({
        method,
        url,
        headers: { "content-type": "application/json" },
        body: text,
      });
      const response = await fetch(url, { method, headers, ...(text === undefined ? {} : { body: text }) });
      return { status: response.status, body: await response.json() };
    },
    async stop() {
      await cloud.stop();
      closeClients(clients);
    },
  };
}

const spec = {
  name: "redriven",
  data: { snapshot: "bars" },
  strategy: { name: "sma-cross", params: { fast: 3, slow: 9 } },
  sizing: { kind: "units", units: 1 },
  checkpoint: { everyBars, keep: 20 },
} satisfies SpecInput;

async function digestOnLaptop(): Promise<string> {
  const stores = await marketStores(market);
  const { runId } = await plannedRun(spec, { everyBars: 100_000 }, stores);
  await live(runId, stores);
  return (await readOutcome(runId, stores)).resultDigest;
}

async function removeChunk({ stores, stack }: FrontedCloud, s3: S3Client, hash: string): Promise<() => Promise<void>> {
  const bytes = await stores.objects.get("chunks", hash);
  // Processes keep the chunks that they have read.
  stack.lambdaHost.updateCode(stack.functionNames.segment ?? "");
  await s3.send(new DeleteObjectCommand({ Bucket: stack.bucketName, Key: `objects/chunks/${hash}` }));
  return async () => {
    expect(await stores.objects.put("chunks", bytes)).toBe(hash);
  };
}

function holdSegment(
  { setFaults, stack }: FrontedCloud,
  n: number,
  fault: InvocationFault | undefined,
): { readonly reached: Promise<void>; release(): void } {
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let calls = 0;
  let isHeld = false;
  stack.lambdaHost.planFaults(({ functionName }) =>
    functionName === stack.functionNames.segment && ++calls === n ? fault : undefined,
  );
  setFaults({
    s3({ path }) {
      if (isHeld || calls < n || !path.includes("/parts/")) return undefined;
      isHeld = true;
      reached.resolve();
      return { kind: "hold", until: released.promise };
    },
  });
  return { reached: reached.promise, release: () => released.resolve() };
}

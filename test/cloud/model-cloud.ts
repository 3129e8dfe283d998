import { readFileSync } from "node:fs";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { GetExecutionHistoryCommand, type HistoryEvent } from "@aws-sdk/client-sfn";
import { onlyInstrument } from "../../lib/market/open-snapshot.ts";
import { bundleFileHashes } from "../../lib/models/stored-bundle.ts";
import { addModel, modelBlobs } from "../../lib/run/model-catalog.ts";
import type { RunStores } from "../../lib/run/opened-run.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { awsClients } from "../../lib/stores/aws/clients.ts";
import { randomBundle } from "../models/random-bundle.ts";
import { generatedBars } from "../simulation/generated-bars.ts";
import { marketStores, plannedRun } from "../simulation/planned-run.ts";
import { putSnapshot } from "../simulation/put-snapshot.ts";
import { live } from "../simulation/run-lives.ts";
import { type RunOutcome, readOutcome } from "../simulation/run-outcome.ts";
import { type FrontedCloud, openFrontedCloud } from "./fronted-cloud.ts";
import type { LoggedInvocation } from "./lambda-host/lambda-host.ts";
import { region } from "./local-cloud.ts";

const market = { count: 20_000, seed: 3, timeframe: "1m", chunkBars: 4_096 };

/** A local cloud whose functions have the model runtime, with 20,000 bars in five chunks and an ensemble of two models. */
export type ModelCloud = FrontedCloud & {
  readonly onLaptop: RunOutcome;
  /** Objects of the bucket that hold the models' files. */
  readonly modelKeys: readonly string[];
  /** What the function of segments was given since, step by step. */
  steps(
    step: "segment" | "measure" | "answer",
    since?: number,
  ): readonly (LoggedInvocation & { readonly call: StepEvent })[];
  history(executionArn: string): Promise<readonly HistoryEvent[]>;
  /** Takes the last chunk of bars out of the bucket; returns how to put it back. */
  removeLastChunk(): Promise<{ readonly path: string; putBack(): Promise<void> }>;
  /** Gives the function of segments fresh processes from now on. */
  freshProcesses(): void;
};

export type StepEvent = { readonly step?: string; readonly startBar?: number; readonly endBar?: number };

export function askingModels(inference: "inline" | "parallel"): SpecInput {
  return {
    data: { snapshot: "bars" },
    strategy: { name: "model", params: { model: ["net", "other"], ensemble: "vote", side: "both" } },
    models: { inference },
  };
}

export async function openModelCloud(flags: Readonly<Record<string, string>>): Promise<ModelCloud> {
  const cloud = await openFrontedCloud({ models: true, flags });
  const { stores, stack } = cloud;
  const bars = generatedBars(market.count, market.seed, 60_000);
  const { chunks } = onlyInstrument(await putSnapshot(bars, { ...market, name: "bars" }, stores));
  const modelIds = await addModels(stores);
  const blobs = modelBlobs(stores.objects);
  const hashes = await Promise.all(modelIds.map((id) => bundleFileHashes(id, blobs)));
  const segment = stack.functionNames.segment ?? "";
  const { s3, ...rest } = awsClients({ region }, cloud.environment);
  return {
    ...cloud,
    onLaptop: await outcomeOnLaptop(),
    modelKeys: hashes.flat().map((hash) => `objects/models/${hash}`),
    steps: (step, since = 0) =>
      stack.lambdaHost.invocations
        .slice(since)
        .filter(({ functionName }) => functionName === segment)
        .map((invocation) => ({ ...invocation, call: invocation.payload as StepEvent }))
        .filter(({ call }) => (call.step ?? "segment") === step),
    history: async (executionArn) =>
      (await stack.sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000 }))).events ?? [],
    async removeLastChunk() {
      const hash = chunks.at(-1)?.hash ?? "";
      const bytes = await stores.objects.get("chunks", hash);
      const path = `objects/chunks/${hash}`;
      stack.lambdaHost.updateCode(segment);
      await s3.send(new DeleteObjectCommand({ Bucket: stack.bucketName, Key: path }));
      return { path, putBack: async () => void (await stores.objects.put("chunks", bytes)) };
    },
    freshProcesses: () => stack.lambdaHost.updateCode(segment),
    async stop() {
      for (const client of [s3, ...Object.values(rest)]) client.destroy();
      await cloud.stop();
    },
  };
}

/** Whether the process has loaded the model runtime; it must be alive. */
export function hasRuntime(pid: number): boolean {
  return readFileSync(`/proc/${pid}/maps`, "utf8").includes("onnxruntime");
}

async function addModels({ objects }: RunStores): Promise<readonly string[]> {
  const net = await addModel(randomBundle("lstm", 4), undefined, 1, objects);
  const other = await addModel(randomBundle("dense", 5, "other"), undefined, 1, objects);
  return [net.modelId, other.modelId];
}

async function outcomeOnLaptop(): Promise<RunOutcome> {
  const stores = await marketStores(market);
  await addModels(stores);
  const { runId } = await plannedRun(askingModels("inline"), { everyBars: 1_000_000 }, stores);
  await live(runId, stores);
  return readOutcome(runId, stores);
}

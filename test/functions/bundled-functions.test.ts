import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleFunctions, type FunctionName } from "../../lib/cloud/bundle-functions.ts";
import { type AwsClients, awsClients, closeClients } from "../../lib/stores/aws/clients.ts";
import { openAwsStores } from "../../lib/stores/aws/stores.ts";
import type { Stores } from "../../lib/stores/stores.ts";
import { loadStrategyFile } from "../../lib/strategies/load-strategy.ts";
import { registerStrategies } from "../../lib/strategies/registered.ts";
import { type LambdaHost, startLambdaHost } from "../cloud/lambda-host/lambda-host.ts";
import {
  createBucket,
  createTable,
  type RunningServer,
  startDynamo,
  startS3,
  testCredentials,
  whyNoServers,
} from "../cloud/servers.ts";
import { callOf, takeFor } from "../run/stepping.ts";
import { generatedBars } from "../simulation/generated-bars.ts";
import { marketStores, plannedRun } from "../simulation/planned-run.ts";
import { putSnapshot } from "../simulation/put-snapshot.ts";
import { live, storedRun } from "../simulation/run-lives.ts";
import { readOutcome } from "../simulation/run-outcome.ts";
import { temporaryFolder } from "../stores/temporary-folder.ts";

const strategyText = `
import { close, defineStrategy, sma, z } from "backstitch";
export default defineStrategy({
  name: "buy-above-mean",
  params: z.strictObject({ failAt: z.int().default(-1) }),
  columns: () => ({ mean: sma(close, 5) }),
  onBar(bar) {
    if (bar.index === bar.params.failAt) throw new Error("divided by the spread");
    if (bar.index % 7 === 3) bar.buy();
    if (bar.index % 7 === 6) bar.closePosition();
  },
});
`;
const market = { count: 5_000, seed: 3, timeframe: "1m", chunkBars: 65_536 };
const why = whyNoServers();
if (why !== undefined) process.stderr.write(`The bundled functions are not tried: ${why}\n`);

describe.skipIf(why !== undefined)("bundled functions in processes of their own", () => {
  let servers: readonly RunningServer[];
  let clients: AwsClients;
  let stores: Stores;
  let host: LambdaHost;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const strategiesFolder = join(folder.path, "strategies");
    await mkdir(strategiesFolder);
    const file = join(strategiesFolder, "buy-above-mean.ts");
    await writeFile(file, strategyText);
    registerStrategies([await loadStrategyFile(file)]);
    const names: FunctionName[] = ["plan", "segment", "finish", "status", "api"];
    const bundles = await bundleFunctions({ outFolder: folder.path, strategiesFolder, names });
    const [dynamo, s3] = await Promise.all([startDynamo(), startS3()]);
    servers = [dynamo, s3];
    const env = {
      ...testCredentials,
      AWS_ENDPOINT_URL: dynamo.url,
      AWS_ENDPOINT_URL_S3: s3.url,
      DATA_BUCKET: "bars",
      RUN_TABLE: "runs",
      RUN_STATE_MACHINE_ARN: "arn:aws:states:eu-west-1:123456789012:stateMachine:run",
      SWEEP_STATE_MACHINE_ARN: "arn:aws:states:eu-west-1:123456789012:stateMachine:sweep",
      IMPORT_STATE_MACHINE_ARN: "arn:aws:states:eu-west-1:123456789012:stateMachine:import",
      SEGMENT_MEMORY_MB: "1769",
    };
    Object.assign(process.env, testCredentials);
    clients = awsClients({ region: testCredentials.AWS_REGION }, env);
    await createTable(clients.dynamodb, "runs");
    await createBucket(clients.s3, "bars");
    stores = openAwsStores({ ...clients, table: "runs", bucket: "bars" });
    await putSnapshot(generatedBars(market.count, market.seed, 60_000), { ...market, name: "bars" }, stores);
    const functions = bundles.functions.map(({ name }) => {
      const timeouts = { timeoutSeconds: 30, memoryMb: 512 };
      return { name, folder: join(folder.path, name), handler: "index.handler", env, ...timeouts };
    });
    host = await startLambdaHost({ functions, region: testCredentials.AWS_REGION });
  });
  afterAll(async () => {
    await host?.stop();
    if (clients !== undefined) closeClients(clients);
    await Promise.all((servers ?? []).map((server) => server.stop()));
    await folder?.remove();
  });

  const invoke = async (name: FunctionName, event: unknown): Promise<unknown> => {
    const url = `${host.url}/2015-03-31/functions/${name}/invocations`;
    return (await fetch(url, { method: "POST", body: JSON.stringify(event) })).json();
  };
  const begun = async (params: { readonly failAt?: number }) => {
    const spec = { data: { snapshot: "bars" }, strategy: { name: "buy-above-mean", params } };
    const { runId } = await plannedRun(spec, { everyBars: 2_000 }, stores);
    await takeFor("e1", runId, stores);
    return { spec, runId, call: callOf(runId, "e1") };
  };

  test("a run of a user's own strategy gives the digest of a laptop", async () => {
    const { spec, runId, call } = await begun({});
    expect(await invoke("plan", call)).toEqual({ next: "segment", bar: 0 });
    expect(await invoke("segment", call)).toEqual({ next: "segment", bar: 2_000 });
    expect(await invoke("segment", call)).toEqual({ next: "segment", bar: 4_000 });
    expect(await invoke("segment", call)).toEqual({ next: "finish", bar: 5_000 });
    const laptop = await marketStores(market);
    const whole = await plannedRun(spec, { everyBars: 1_000_000 }, laptop);
    await live(whole.runId, laptop);
    const { resultDigest } = await readOutcome(whole.runId, laptop);
    expect(await invoke("finish", call)).toEqual({ status: "completed", resultDigest });
    expect(await storedRun(runId, stores)).toMatchObject({ status: "completed", resultDigest });
  });

  test("a segment writes one line of log with run, attempt and sequence, and its metrics", async () => {
    const { runId, call } = await begun({});
    await invoke("segment", call);
    const lines = (): { readonly [name: string]: unknown }[] =>
      host
        .output("segment")
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line));
    await expect.poll(() => lines().filter((line) => line.runId === runId)).toHaveLength(1);
    expect(lines().find((line) => line.runId === runId)).toMatchObject({ attempt: 1, sequence: 1, bars: 2_000 });
    expect(lines().at(-1)).toMatchObject({ _aws: expect.anything(), segments: 1, bars: 2_000 });
  });

  test("an error of a strategy is the function's error under its own name", async () => {
    const { call } = await begun({ failAt: 10 });
    expect(await invoke("segment", call)).toMatchObject({
      errorType: "StrategyError",
      errorMessage: expect.stringContaining("divided by the spread"),
    });
  });

  test("an event that is no call of a step is refused by name", async () => {
    expect(await invoke("segment", { runId: "r" })).toMatchObject({ errorType: "StepCallError" });
  });

  test("the end of an execution is recorded, and counted", async () => {
    const { runId } = await begun({});
    const detail = { executionArn: "e1", status: "FAILED", stopDate: Date.now(), error: "StrategyError", cause: null };
    const event = { detail: { ...detail, input: JSON.stringify({ runId }) } };
    expect(await invoke("status", event)).toBeNull();
    expect(await storedRun(runId, stores)).toMatchObject({ status: "failed", reason: { name: "StrategyError" } });
    await expect.poll(() => host.output("status")).toContain('"failedRuns":1');
  });

  test("the API answers whoever the gateway has authenticated in the account of the state machine", async () => {
    const { runId } = await begun({});
    const ask = async (rawPath: string, accountId: string | undefined) => {
      const iam = { accountId, userArn: `arn:aws:iam::${accountId}:user/me` };
      const authorizer = accountId === undefined ? {} : { authorizer: { iam } };
      const http = { method: "GET", path: rawPath, sourceIp: "127.0.0.1" };
      const requestContext = { ...authorizer, domainName: "api.example.com", http, stage: "$default" };
      const event = {
        version: "2.0",
        rawPath,
        rawQueryString: "",
        headers: {},
        isBase64Encoded: false,
        requestContext,
      };
      const { statusCode, body } = (await invoke("api", event)) as { statusCode: number; body: string };
      return { statusCode, body: JSON.parse(body) as unknown };
    };
    expect((await ask("/health", undefined)).statusCode).toBe(200);
    expect((await ask("/strategies", "123456789012")).body).toMatchObject({
      strategies: expect.arrayContaining([expect.objectContaining({ name: "buy-above-mean" })]),
    });
    expect((await ask(`/runs`, undefined)).statusCode).toBe(401);
    expect((await ask(`/runs`, "210987654321")).statusCode).toBe(403);
    expect((await ask(`/runs`, "123456789012")).body).toMatchObject({
      runs: expect.arrayContaining([expect.objectContaining({ runId })]),
    });
  });

  test("a process that is killed in mid-segment leaves the run whole", async () => {
    const { runId, call } = await begun({});
    host.planFaults(() => ({ kind: "kill", afterMs: 5 }));
    expect(await invoke("segment", call)).toMatchObject({ errorType: "Runtime.ExitError" });
    host.planFaults(undefined);
    while (((await invoke("segment", call)) as { next: string }).next === "segment");
    expect(await invoke("finish", call)).toMatchObject({ status: "completed" });
    expect(await stores.runs.listSegments(runId)).toHaveLength(3);
  });
});

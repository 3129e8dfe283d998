import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type EndToEndPlace, openPerson, type Person } from "../cloud/end-to-end-place.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "../cloud/fault-proxy.ts";
import { account, region } from "../cloud/local-cloud.ts";
import { openRedriveCloud, type RedriveCloud } from "../cloud/redrive-cloud.ts";
import { whyNoServers } from "../cloud/servers.ts";
import { emulatorSettings, whyNoEmulator } from "./emulator-settings.ts";
import { openServedCloud } from "./served-cloud.ts";

const why = whyNoServers();
if (why !== undefined) console.warn(`Skipped: ${why}`);

/** What an emulator answers to an action that it does not know. */
const unknownOperation: Fault = {
  kind: "answer",
  status: 400,
  contentType: "application/x-amz-json-1.0",
  body: JSON.stringify({ __type: "UnknownOperationException" }),
};

describe.skipIf(why !== undefined)("backstitch serve --cloud before an emulator without RedriveExecution", () => {
  let cloud: RedriveCloud;
  let stepFunctions: FaultProxy;
  let place: EndToEndPlace;
  let person: Person;

  beforeAll(async () => {
    cloud = await openRedriveCloud();
    stepFunctions = await startFaultProxy(cloud.stack.stepFunctionsUrl, ({ operation }) =>
      operation === "RedriveExecution" ? unknownOperation : undefined,
    );
    const { tableName, bucketName, runStateMachineArn, sweepStateMachineArn, importStateMachineArn } = cloud.stack;
    const settings = emulatorSettings({
      AWS_ENDPOINT_URL: stepFunctions.url,
      AWS_REGION: region,
      BACKSTITCH_TABLE: tableName,
      BACKSTITCH_BUCKET: bucketName,
      BACKSTITCH_STATE_MACHINE: runStateMachineArn,
      BACKSTITCH_SWEEP_STATE_MACHINE: sweepStateMachineArn,
      BACKSTITCH_IMPORT_STATE_MACHINE: importStateMachineArn,
    });
    place = await openServedCloud({
      ...settings,
      environment: { ...settings.environment, ...cloud.environment, AWS_ENDPOINT_URL_SFN: stepFunctions.url },
    });
    person = openPerson(place);
  });
  afterAll(async () => {
    person?.leave();
    await place?.close();
    await stepFunctions?.stop();
    await cloud?.stop();
  });

  test("a run there has the laptop's digest", async () => {
    const { runId } = await person.remote.runs.start(cloud.spec, true);
    expect(await cloud.ended(runId)).toMatchObject({ status: "completed", resultDigest: cloud.laptopDigest });
  });

  test("a failed run goes on in a new execution from its head, and the answer says so", async () => {
    const putBack = await cloud.removeChunk(3);
    const { runId } = await person.remote.runs.start(cloud.spec, true);
    expect(await cloud.ended(runId)).toMatchObject({ status: "failed", headBar: 1_500 });
    await putBack();
    expect(await person.remote.runs.resume(runId, "auto")).toMatchObject({
      how: "execution",
      note: expect.stringMatching(/redrive was refused .*; the run goes on in a new execution/),
    });
    const run = await cloud.ended(runId);
    expect(run).toMatchObject({ status: "completed", resultDigest: cloud.laptopDigest });
    expect(await cloud.segmentBars(run.executionArn ?? "")).toEqual([2_000, 2_500, 3_000]);
  });
});

test("settings come from the environment, with LocalStack's own in place of what is absent", () => {
  expect(emulatorSettings({})).toMatchObject({
    endpointUrl: "http://localhost:4566",
    region: "us-east-1",
    stackName: "Backstitch",
    resources: undefined,
    environment: { AWS_ACCESS_KEY_ID: "test" },
  });
  const named = emulatorSettings({ AWS_ENDPOINT_URL: "http://127.0.0.1:5000", AWS_ACCESS_KEY_ID: account });
  expect(named).toMatchObject({ endpointUrl: "http://127.0.0.1:5000", environment: { AWS_ACCESS_KEY_ID: account } });
});

test("the resources are those of the outputs of a deployment", () => {
  const outputs = {
    TableName: "table",
    BucketName: "bucket",
    RunStateMachineArn: "run",
    SweepStateMachineArn: "sweep",
    ImportStateMachineArn: "import",
  };
  const folder = mkdtempSync(join(tmpdir(), "backstitch-outputs-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "outputs.json");
  writeFileSync(file, JSON.stringify({ Research: outputs }));
  expect(emulatorSettings({ BACKSTITCH_OUTPUTS: file, BACKSTITCH_STACK: "Research" }).resources).toEqual({
    table: "table",
    bucket: "bucket",
    stateMachine: "run",
    sweepStateMachine: "sweep",
    importStateMachine: "import",
  });
});

test("where no emulator answers, the reason is told with the address", async () => {
  const settings = emulatorSettings({ AWS_ENDPOINT_URL: "http://127.0.0.1:9" });
  expect(await whyNoEmulator(settings, {})).toMatch(
    /^Nothing answers at http:\/\/127\.0\.0\.1:9 .*docs\/LOCALSTACK\.md/,
  );
});

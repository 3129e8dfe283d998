import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type AwsQuestions, askAws } from "../../lib/cloud/aws-call.ts";
import { cdkEnvironment } from "../../lib/cloud/cdk.ts";
import {
  checkBootstrap,
  checkConcurrency,
  checkNode,
  checkStrategies,
  checkTools,
  projectFolder,
} from "../../lib/cloud/deploy-checks.ts";
import { type AccountAnswers, openAccount } from "./aws-answers.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const identity = {
  region: "us-east-1",
  credentials: async () => ({ accessKeyId: "AKID", secretAccessKey: "secret" }),
};

async function account(answers: AccountAnswers): Promise<AwsQuestions & { readonly asked: readonly string[] }> {
  const server = await openAccount(answers);
  closing.push(server.close);
  return { ...askAws(identity, server.url, {}), asked: server.asked };
}

test("each service is asked with a signature for it", async () => {
  const aws = await account({ bootstrapVersion: "30", outputs: {} });
  expect(await aws.callerIdentity()).toEqual({ account: "111111111111", arn: "arn:aws:iam::111111111111:user/ada" });
  await aws.parameter("/p");
  await aws.lambdaConcurrency();
  await aws.stackOutputs("s");
  expect(aws.asked).toEqual(["sts", "ssm", "lambda", "cloudformation"]);
});

test("a refusal is told with AWS's own message", async () => {
  const aws = await account({ refusal: "The security token included in the request is expired" });
  await expect(aws.callerIdentity()).rejects.toThrow(
    /answered 403: The security token included in the request is expired$/,
  );
});

test("an address where nobody answers is told", async () => {
  await expect(askAws(identity, "http://127.0.0.1:2", {}).callerIdentity()).rejects.toThrow(
    /^No answer from http:\/\/127\.0\.0\.1:2/,
  );
});

test("a variable for one service comes before the endpoint for all", async () => {
  const server = await openAccount({});
  closing.push(server.close);
  const aws = askAws(identity, "http://127.0.0.1:2", { AWS_ENDPOINT_URL_STS: server.url });
  expect((await aws.callerIdentity()).account).toBe("111111111111");
});

test("an account without the CDK's bootstrap is told the command", async () => {
  const check = await checkBootstrap(await account({}), "111111111111", "eu-west-1");
  expect(check).toMatchObject({
    outcome: "failed",
    text: expect.stringContaining("npx cdk bootstrap aws://111111111111/eu-west-1"),
  });
});

test.each([
  ["5", "failed"],
  ["6", "passed"],
  ["30", "passed"],
])("bootstrap version %s has %s", async (bootstrapVersion, outcome) => {
  expect((await checkBootstrap(await account({ bootstrapVersion }), "1", "r")).outcome).toBe(outcome);
});

test.each([
  ["a new account", { limit: 10, unreserved: 10 }, undefined, "warned", "the account allows 10 invocations at once"],
  ["a new account with a reservation", { limit: 10, unreserved: 10 }, 5, "failed", "Leave --concurrency out."],
  ["more than AWS lets reserve", { limit: 1_000, unreserved: 1_000 }, 950, "failed", "Give at most 900."],
  [
    "others' reservations",
    { limit: 1_000, unreserved: 200 },
    150,
    "warned",
    "other functions have reserved 800 of 1000",
  ],
  ["room enough", { limit: 1_000, unreserved: 1_000 }, 900, "passed", "900 of them for segments"],
] as const)("concurrency: %s", async (_name, concurrency, reserved, outcome, text) => {
  const check = await checkConcurrency(await account({ concurrency }), reserved);
  expect(check).toMatchObject({ outcome, text: expect.stringContaining(text) });
});

test.each([
  ["22.17.1", "failed"],
  ["22.18.0", "passed"],
  ["24.1.0", "passed"],
])("Node %s has %s", (version, outcome) => {
  expect(checkNode(version).outcome).toBe(outcome);
});

test("the tools of this repository pass", () => {
  expect(checkTools(projectFolder)).toMatchObject({ outcome: "passed", text: expect.stringMatching(/^aws-cdk 2\./) });
});

test("a folder without infra is told where to deploy from", () => {
  expect(checkTools(tmpdir())).toMatchObject({
    outcome: "failed",
    text: expect.stringContaining("from a checkout of the repository"),
  });
});

test("a strategies folder with a broken module is told with the file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "backstitch-strategies-"));
  closing.push(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "broken.ts"), 'import "./missing.ts";');
  expect(await checkStrategies(folder)).toMatchObject({
    outcome: "failed",
    text: expect.stringContaining("broken.ts"),
  });
});

test("the outputs of a stack are read, and no stack is no error", async () => {
  const outputs = { BucketName: "b-1", ApiUrl: "https://x.execute-api.us-east-1.amazonaws.com/" };
  expect(await (await account({ outputs })).stackOutputs("s")).toEqual(new Map(Object.entries(outputs)));
  expect(await (await account({})).stackOutputs("s")).toBeUndefined();
});

test("with an endpoint the CDK is sent there, buckets by a name that resolves to it", () => {
  const place = { region: "us-east-1", endpointUrl: "http://localhost:4566" };
  expect(cdkEnvironment({}, place)).toMatchObject({
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL: "http://localhost:4566",
    AWS_ENDPOINT_URL_S3: "http://s3.localhost.localstack.cloud:4566",
  });
  const given = { AWS_ENDPOINT_URL_S3: "http://10.0.0.1:9000" };
  expect(cdkEnvironment(given, place).AWS_ENDPOINT_URL_S3).toBe("http://10.0.0.1:9000");
});

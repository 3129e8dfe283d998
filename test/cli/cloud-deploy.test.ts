import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { type AccountAnswers, openAccount } from "./aws-answers.ts";
import { type Ended, errorDocument, json, openWorkplace, slowStrategy } from "./backstitch.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const credentials = {
  AWS_ACCESS_KEY_ID: "AKID",
  AWS_SECRET_ACCESS_KEY: "secret",
  AWS_REGION: "us-east-1",
  AWS_EC2_METADATA_DISABLED: "true",
};

/** The command in a folder of its own, against an account that answers like this. */
async function inAccount(answers: AccountAnswers, args: readonly string[]): Promise<Ended & { readonly home: string }> {
  const place = openWorkplace();
  const account = await openAccount(answers);
  closing.push(account.close, place.remove);
  place.write("strategies.ts", slowStrategy);
  const { ended } = place.start([...args, "--endpoint-url", account.url], credentials);
  return { ...(await ended), home: place.home };
}

test("deploy --dry-run checks, bundles and writes the templates, and deploys nothing", async () => {
  const ended = await inAccount({ bootstrapVersion: "30" }, [
    ...["deploy", "--dry-run", "--stack-name", "Research", "--memory", "3008", "--strategies", ".", "--json"],
  ]);
  expect(ended).toMatchObject({ code: 0 });
  const answer = z.object({
    checks: z.array(z.object({ name: z.string(), outcome: z.string(), text: z.string() })),
    templates: z.string(),
  });
  const { checks, templates } = json(ended, answer);
  expect(checks.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
    "Node passed",
    "CDK passed",
    "Strategies passed",
    "Region passed",
    "Account passed",
    "Bootstrap passed",
    "Concurrency passed",
  ]);
  expect(checks[2]?.text).toMatch(/^slow \([0-9a-f]{12}\)$/);
  const template = readFileSync(join(templates, "Research.template.json"), "utf8");
  expect(template).toContain('"MemorySize": 3008');
  expect(existsSync(join(ended.home, "cloud.json"))).toBe(false);
}, 180_000);

test("deploy stops before the CDK when a check fails, and names it", async () => {
  const ended = await inAccount({ concurrency: { limit: 10, unreserved: 10 } }, [
    "deploy",
    "--concurrency",
    "5",
    "--json",
  ]);
  expect(ended.code).toBe(2);
  expect(json(ended, errorDocument).error).toEqual({
    name: "DeployRefusedError",
    message: "Not ready to deploy: Bootstrap, Concurrency. Do what the lines marked FAILED say, then deploy again.",
  });
  expect(ended.stderr).toContain("FAILED  Bootstrap: the CDK is not prepared in this account and region.");
});

test("deploy without an account that answers says so", async () => {
  const ended = await inAccount({ refusal: "The security token included in the request is invalid." }, ["deploy"]);
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("FAILED  Account: ") });
});

test("a --context that is no name=value is refused before anything is asked", async () => {
  const ended = await inAccount({}, ["deploy", "-c", "logRetentionDays"]);
  expect(ended).toMatchObject({
    code: 2,
    stderr: "ContextError: --context logRetentionDays: expected name=value, as in logRetentionDays=90.\n",
  });
});

test("destroy of a stack that is not there says where it looked", async () => {
  const ended = await inAccount({ bootstrapVersion: "30" }, [
    "destroy",
    "--stack-name",
    "Nothing",
    "--confirm",
    "Nothing",
  ]);
  expect(ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      "DestroyError: --stack-name Nothing: found no such stack in us-east-1, account 111111111111.",
    ),
  });
});

const outputs = { BucketName: "data-1", TableName: "runs-1", RunStateMachineArn: "r", ImportStateMachineArn: "i" };

test("destroy says what it removes and asks for the stack's name, which a script gives beforehand", async () => {
  const ended = await inAccount({ bootstrapVersion: "30", outputs }, ["destroy", "--delete-data"]);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain(
    "This removes stack Backstitch and ALL DATA in bucket data-1 and table runs-1, in account 111111111111",
  );
  expect(ended.stderr).toContain("Not confirmed: there is no terminal to ask at. Give --confirm Backstitch.");
});

test("destroy removes nothing when another name is typed", async () => {
  const ended = await inAccount({ bootstrapVersion: "30", outputs }, ["destroy", "--confirm", "Other"]);
  expect(ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('expected Backstitch, found "Other". Nothing was removed.'),
  });
});

test("destroy checks nothing that only a deployment needs", async () => {
  const ended = await inAccount({ outputs }, ["destroy", "--confirm", "Other"]);
  expect(ended.stderr.match(/(?<=^ {2}\w+ +)\w+(?=: )/gm)).toEqual(["Node", "CDK", "Region", "Account"]);
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Template } from "aws-cdk-lib/assertions";
import { beforeAll, expect, test } from "vitest";
import { synthesize } from "./synthesize.ts";
import { resourcesOf } from "./synthesized.ts";

type Statement = {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
};

/** Actions for which AWS has no resources, so that a policy must say "*". */
const withoutResources = [
  "logs:CreateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:DescribeLogGroups",
  "logs:DescribeResourcePolicies",
  "logs:GetLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:UpdateLogDelivery",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
  "xray:PutTelemetryRecords",
  "xray:PutTraceSegments",
];

/** Resources that have no name before they exist, in a container that is named. */
const namedWhenMade = [
  /^arn:aws:s3:::[\w-]+\/(objects|uploads)\/\*$/, // the objects of one folder of the one bucket
  /^arn:aws:lambda:eu-west-1:111122223333:function:[\w-]+:\*$/, // the versions of one function
  /^arn:aws:s3:::[\w-]+\/objects\/sweeps\/\*$/, // the lists that maps read
  /^arn:aws:states:eu-west-1:111122223333:execution:Backstitch-(run|sweep|import):\*$/, // the executions of one machine
  /^arn:aws:states:eu-west-1:111122223333:execution:Backstitch-sweep\/(InSample|OutOfSample):\*$/, // the children of one map
  /^arn:aws:states:eu-west-1:111122223333:mapRun:Backstitch-sweep\/InSample:\*$/, // the runs of one map
];

let template: Template;
let statements: { readonly policy: string; readonly statement: Statement }[];

beforeAll(async () => {
  template = await synthesize();
  statements = [...resourcesOf(template, "AWS::IAM::Policy")].flatMap(([policy, { PolicyDocument }]) =>
    (PolicyDocument as unknown as { readonly Statement: readonly Statement[] }).Statement.map((statement) => ({
      policy,
      statement,
    })),
  );
});

test("no policy allows a family of actions", () => {
  const families = statements
    .flatMap(({ statement }) => [statement.Action].flat())
    .filter((action) => action.includes("*"));
  expect(families).toEqual([]);
});

test("no policy names a resource by a wildcard, but for what AWS gives no name to", () => {
  const wide = statements.flatMap(({ policy, statement }) =>
    [statement.Resource]
      .flat()
      .filter((resource) => resource !== "*" && resource.includes("*"))
      .filter((resource) => !namedWhenMade.some((pattern) => pattern.test(resource)))
      .map((resource) => `${policy}: ${resource}`),
  );
  expect(wide).toEqual([]);
});

test("only actions that have no resources are allowed on all", () => {
  const everywhere = statements
    .filter(({ statement }) => [statement.Resource].flat().includes("*"))
    .flatMap(({ statement }) => [statement.Action].flat());
  expect(everywhere.filter((action) => !withoutResources.includes(action))).toEqual([]);
});

test("every policy is one role's, and no role has a managed policy", () => {
  for (const { Roles } of resourcesOf(template, "AWS::IAM::Policy").values()) expect(Roles).toHaveLength(1);
  for (const { ManagedPolicyArns } of resourcesOf(template, "AWS::IAM::Role").values()) {
    expect(ManagedPolicyArns).toBeUndefined();
  }
});

test.each([
  ["Plan", ["s3:PutObject", "s3:DeleteObject", "dynamodb:BatchWriteItem", "states:StartExecution"]],
  ["Segment", ["s3:DeleteObject", "dynamodb:BatchWriteItem", "states:StartExecution"]],
  ["Finish", ["s3:DeleteObject", "dynamodb:BatchWriteItem", "states:StartExecution"]],
  ["Expand", ["s3:DeleteObject", "dynamodb:BatchWriteItem", "states:StartExecution"]],
  ["Select", ["s3:DeleteObject", "dynamodb:BatchWriteItem", "states:StartExecution"]],
  ["Stitch", ["s3:DeleteObject", "dynamodb:BatchWriteItem", "states:StartExecution"]],
  ["Status", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "states:StartExecution"]],
  ["Watch", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "dynamodb:BatchWriteItem", "states:StartExecution"]],
  ["Import", ["states:StartExecution", "states:StopExecution"]],
])("%s may not do what it has no use for", (name, actions) => {
  const own = statements.filter(({ policy }) => policy.includes(`${name}Role`));
  expect(own.length).toBeGreaterThan(0);
  expect(
    own.flatMap(({ statement }) => [statement.Action].flat()).filter((action) => actions.includes(action)),
  ).toEqual([]);
});

/** What AWS asks for a call whose action is not its name. */
const actionsOf: Readonly<Record<string, readonly string[]>> = {
  TransactWriteItems: ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"],
  HeadObject: ["s3:GetObject"],
  CopyObject: ["s3:GetObject", "s3:PutObject"],
  ListObjectsV2: ["s3:ListBucket"],
};

function serviceOf(call: string): string {
  if (call.endsWith("Object")) return "s3";
  return call.endsWith("Execution") ? "states" : "dynamodb";
}

test("the API may make every call that the stores, uploads and executions make", () => {
  const lib = join(import.meta.dirname, "../../lib");
  const files = [
    ...readdirSync(join(lib, "stores/aws")).map((file) => `stores/aws/${file}`),
    ...["cloud/cloud-uploads.ts", "cloud/executions.ts"],
  ];
  const called = files.flatMap((file) =>
    [...readFileSync(join(lib, file), "utf8").matchAll(/new (\w+)Command\(/g)].map(([, name]) => String(name)),
  );
  const asked = called.flatMap((name) => actionsOf[name] ?? [`${serviceOf(name)}:${name}`]);
  const own = statements.filter(({ policy }) => policy.startsWith("ApiRole"));
  const allowed = own.flatMap(({ statement }) => [statement.Action].flat());
  expect(called.length).toBeGreaterThan(10);
  expect(asked.filter((action) => !allowed.includes(action))).toEqual([]);
});

test("only the API and Import read or write what is being uploaded", () => {
  const users = statements.filter(({ statement }) =>
    [statement.Resource].flat().some((resource) => resource.includes("/uploads/")),
  );
  expect([...new Set(users.map(({ policy }) => policy.replace(/Role.*$/, "")))].sort()).toEqual([
    "Api",
    "ImportsImport",
  ]);
});

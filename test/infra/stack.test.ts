import { Match, type Template } from "aws-cdk-lib/assertions";
import { beforeAll, expect, test } from "vitest";
import { tableDefinition, ttlAttribute } from "../../lib/stores/aws/table.ts";
import { synthesize } from "./synthesize.ts";
import { resourcesOf } from "./synthesized.ts";

let template: Template;

beforeAll(async () => {
  template = await synthesize();
});

test("the bucket and the table stay when the stack is removed or they are replaced", () => {
  const stays = { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" };
  template.hasResource("AWS::S3::Bucket", stays);
  template.hasResource("AWS::DynamoDB::Table", stays);
});

test("the table cannot be deleted by mistake and can be restored to any second of the last weeks", () => {
  template.hasResourceProperties("AWS::DynamoDB::Table", {
    DeletionProtectionEnabled: true,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    BillingMode: "PAY_PER_REQUEST",
  });
});

test("the table has the keys, indexes and expiry that the stores use", () => {
  const { TableName: _, AttributeDefinitions, ...definition } = tableDefinition("any");
  template.hasResourceProperties("AWS::DynamoDB::Table", {
    ...definition,
    AttributeDefinitions: Match.arrayWith([]),
    TimeToLiveSpecification: { AttributeName: ttlAttribute, Enabled: true },
  });
  const [{ AttributeDefinitions: attributes = [] } = {}] = resourcesOf(template, "AWS::DynamoDB::Table").values();
  const byName = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  expect([...(attributes as unknown[])].sort(byName)).toEqual([...(AttributeDefinitions ?? [])].sort(byName));
});

test("the bucket is encrypted, versioned and closed to the public", () => {
  template.hasResourceProperties("AWS::S3::Bucket", {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
    },
    VersioningConfiguration: { Status: "Enabled" },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
  });
});

test("the bucket and the queue refuse requests without TLS", () => {
  const withoutTls = {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      ]),
    },
  };
  template.hasResourceProperties("AWS::S3::BucketPolicy", withoutTls);
  template.hasResourceProperties("AWS::SQS::QueuePolicy", withoutTls);
});

test("what was uploaded and never imported goes, and so do unfinished uploads and deleted objects", () => {
  template.hasResourceProperties("AWS::S3::Bucket", {
    LifecycleConfiguration: {
      Rules: Match.arrayWith([
        Match.objectLike({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
        Match.objectLike({ Prefix: "uploads/", ExpirationInDays: 7 }),
        Match.objectLike({ NoncurrentVersionExpiration: { NoncurrentDays: 30 } }),
      ]),
    },
  });
});

test("no lifecycle rule removes a current object outside uploads/", () => {
  const [{ LifecycleConfiguration = null } = {}] = resourcesOf(template, "AWS::S3::Bucket").values();
  const { Rules } = LifecycleConfiguration as { readonly Rules: readonly Record<string, unknown>[] };
  expect(Rules.filter((rule) => "ExpirationInDays" in rule).map(({ Prefix }) => Prefix)).toEqual(["uploads/"]);
});

test("every function runs on Node 24 on x86_64, is traced, and has a role and a log of its own", () => {
  const functions = [...resourcesOf(template, "AWS::Lambda::Function").values()];
  for (const properties of functions) {
    expect(properties).toMatchObject({
      Runtime: "nodejs24.x",
      Architectures: ["x86_64"],
      TracingConfig: { Mode: "Active" },
      MemorySize: expect.any(Number),
      Timeout: expect.any(Number),
    });
  }
  expect(new Set(functions.map(({ Role }) => Role)).size).toBe(functions.length);
  expect(new Set(functions.map(({ LoggingConfig }) => JSON.stringify(LoggingConfig))).size).toBe(functions.length);
});

test("every log is kept for a stated time", () => {
  for (const [id, { RetentionInDays }] of resourcesOf(template, "AWS::Logs::LogGroup")) {
    expect(RetentionInDays, id).toBe(30);
  }
});

test("the ends of executions that did not finish a run reach the status function, or a queue", () => {
  template.hasResourceProperties("AWS::Events::Rule", {
    EventPattern: {
      source: ["aws.states"],
      "detail-type": ["Step Functions Execution Status Change"],
      detail: { status: ["FAILED", "TIMED_OUT", "ABORTED"] },
    },
    Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
  });
  template.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
    DestinationConfig: { OnFailure: Match.anyValue() },
  });
});

test("every route of the API asks for a signature, at a bounded rate, and is logged", () => {
  for (const { AuthorizationType } of resourcesOf(template, "AWS::ApiGatewayV2::Route").values()) {
    expect(AuthorizationType).toBe("AWS_IAM");
  }
  template.hasResourceProperties("AWS::ApiGatewayV2::Stage", {
    DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
    AccessLogSettings: Match.anyValue(),
  });
});

test("an alarm stands for each thing that a person must look at", () => {
  const alarms = [...resourcesOf(template, "AWS::CloudWatch::Alarm").values()];
  expect(alarms.map(({ AlarmName }) => AlarmName).sort()).toEqual([
    "Backstitch-ApiErrors",
    "Backstitch-DeterminismViolations",
    "Backstitch-FailedImports",
    "Backstitch-FailedRuns",
    "Backstitch-FailedSweeps",
    "Backstitch-OldestRun",
    "Backstitch-StillRun",
    "Backstitch-Throttles",
    "Backstitch-TimedOutRuns",
    "Backstitch-UndeliveredEnds",
    "Backstitch-Zombies",
  ]);
});

test("outputs name what the commands need", () => {
  expect(Object.keys(template.findOutputs("*")).sort()).toEqual([
    "ApiUrl",
    "BucketName",
    "ImportStateMachineArn",
    "RunStateMachineArn",
    "SweepStateMachineArn",
    "TableName",
  ]);
});

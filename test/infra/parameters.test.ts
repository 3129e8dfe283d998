import type { Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { ParameterError } from "../../infra/parameters.ts";
import { synthesize } from "./synthesize.ts";
import { type Properties, resourcesOf } from "./synthesized.ts";

test.each([
  [{ memroy: "2048" }, /-c memroy is no parameter of this app\. Known are: stackName, memory/],
  [{ memory: "lots" }, /-c memory takes a whole number from 512 to 10240, found "lots"/],
  [{ memory: "100" }, /-c memory takes a whole number from 512/],
  [{ inferenceConcurrency: "41" }, /-c inferenceConcurrency takes a whole number from 1 to 40, found "41"/],
  [{ architecture: "sparc" }, /-c architecture takes x86_64 or arm64, found "sparc"/],
  [{ logRetentionDays: "8" }, /-c logRetentionDays takes one of 1, 3, 5, 7, .*, found 8/],
  [{ stackName: "../up" }, /-c stackName takes a letter, then .*, found "\.\.\/up"/],
  [{ authorizer: "jwt" }, /-c authorizer=jwt needs the issuer and the audience/],
  [{ authorizer: "jwt", jwtIssuer: "http://plain", jwtAudience: "a" }, /-c jwtIssuer takes an https address/],
  [{ alarmTopicArn: "me@example.com" }, /-c alarmTopicArn takes the ARN of an SNS topic/],
  [{ tags: "team" }, /-c tags takes tags as name=value, separated by commas, found "team"/],
  [{ models: "true", architecture: "arm64" }, /-c models=true needs -c architecture=x86_64, found arm64/],
])("refuses %j, naming the flag", async (flags, message) => {
  await expect(synthesize(flags as Record<string, string>)).rejects.toThrow(ParameterError);
  await expect(synthesize(flags as Record<string, string>)).rejects.toThrow(message);
});

function functionNamed(template: Template, name: string): Properties {
  const functions = [...resourcesOf(template, "AWS::Lambda::Function").values()];
  return functions.find(({ FunctionName }) => FunctionName === name) ?? {};
}

test("memory, concurrency and time limit are those of the segment function", async () => {
  const template = await synthesize({ memory: "3008", concurrency: "20", segmentTimeoutSeconds: "120" });
  template.hasResourceProperties("AWS::Lambda::Function", {
    MemorySize: 3008,
    ReservedConcurrentExecutions: 20,
    Timeout: 120,
  });
});

test.each([
  ["true", 3008],
  ["false", 1024],
])("with models=%s the functions that check a run before it begins have %i MB", async (models, memory) => {
  const template = await synthesize({ memory: "3008", models });
  for (const name of ["plan", "api"])
    expect(functionNamed(template, `Backstitch-${name}`).MemorySize, name).toBe(memory);
});

test("functions run on arm64 when asked to", async () => {
  const template = await synthesize({ architecture: "arm64" });
  const functions = [...resourcesOf(template, "AWS::Lambda::Function").values()];
  expect(functions.map(({ Architectures }) => Architectures)).toEqual(functions.map(() => ["arm64"]));
});

test("tokens of an issuer replace signatures when asked to", async () => {
  const issuer = "https://issuer.example/";
  const template = await synthesize({ authorizer: "jwt", jwtIssuer: issuer, jwtAudience: "backstitch" });
  template.hasResourceProperties("AWS::ApiGatewayV2::Authorizer", {
    AuthorizerType: "JWT",
    JwtConfiguration: { Issuer: issuer, Audience: ["backstitch"] },
  });
  template.allResourcesProperties("AWS::ApiGatewayV2::Route", { AuthorizationType: "JWT" });
});

test("the API is left out where it cannot run", async () => {
  const template = await synthesize({ apiInStack: "false" });
  template.resourceCountIs("AWS::ApiGatewayV2::Api", 0);
  expect(template.findOutputs("ApiUrl")).toEqual({});
});

test("alarms and the dashboard are left out where nothing watches", async () => {
  const template = await synthesize({ monitoring: "false" });
  template.resourceCountIs("AWS::CloudWatch::Alarm", 0);
  template.resourceCountIs("AWS::CloudWatch::Dashboard", 0);
});

test("callers are named to the API's function", async () => {
  const role = "arn:aws:iam::111122223333:role/quant";
  const template = await synthesize({ allowedPrincipals: `${role},arn:aws:iam::111122223333:user/jo` });
  const { Environment } = functionNamed(template, "Backstitch-api");
  expect(Environment).toMatchObject({
    Variables: { ALLOWED_PRINCIPALS: `${role},arn:aws:iam::111122223333:user/jo` },
  });
});

test("tags are on everything that costs", async () => {
  const template = await synthesize({ tags: "team=quant,project=x" });
  for (const type of ["AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::Lambda::Function"]) {
    for (const { Tags } of resourcesOf(template, type).values()) {
      expect(Tags).toContainEqual({ Key: "team", Value: "quant" });
    }
  }
});

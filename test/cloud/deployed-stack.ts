import { CreateTableCommand, type DynamoDBClient, UpdateTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, type S3Client } from "@aws-sdk/client-s3";
import { CreateStateMachineCommand, SFNClient } from "@aws-sdk/client-sfn";
import type { Json, StackTemplate } from "./deployed-stack-intrinsics.ts";
import { planStack, type StackPlan } from "./deployed-stack-plan.ts";
import { targetsOf } from "./deployed-stack-rules.ts";
import { freePort } from "./free-port.ts";
import { type LambdaHost, startLambdaHost } from "./lambda-host/lambda-host.ts";
import { type StepFunctionsOptions, type StepFunctionsServer, startStepFunctions } from "./step-functions/server.ts";

export type DeployOptions = {
  readonly template: StackTemplate;
  readonly assetsFolder: string;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly account: string;
  readonly region: string;
  /** The first part of the names that the template leaves open. */
  readonly stackName: string;
  /** Added to the environment of every function: endpoints of DynamoDB and S3. */
  readonly environment: { readonly [name: string]: string };
  readonly stepFunctions?: Pick<StepFunctionsOptions, "timeScale" | "limits" | "now">;
};

/** The stack's resources on the local servers; `stop` ends the two servers that belong to it. */
export type DeployedStack = {
  readonly bucketName: string;
  readonly tableName: string;
  readonly runStateMachineArn: string;
  readonly sweepStateMachineArn: string;
  readonly importStateMachineArn: string;
  /** Names of the deployed functions by the names of their files. */
  readonly functionNames: { readonly [name: string]: string };
  readonly outputs: { readonly [name: string]: string };
  readonly lambdaHost: LambdaHost;
  readonly stepFunctionsUrl: string;
  readonly sfn: SFNClient;
  stop(): Promise<void>;
};

/** Makes the resources of a synthesized template; throws an Error that names a type of resource that it does not know. */
export async function deployStack(options: DeployOptions): Promise<DeployedStack> {
  const { account, region, dynamodb, s3 } = options;
  const port = await freePort();
  const stepFunctionsUrl = `http://127.0.0.1:${port}`;
  const plan = planStack({
    ...options,
    place: { account, region, partition: "aws" },
    environment: { ...options.environment, AWS_ENDPOINT_URL_SFN: stepFunctionsUrl },
  });
  await createData(plan, dynamodb, s3);
  const lambdaHost = await startLambdaHost({ functions: plan.functions, region, account });
  const server = await startStepFunctions({
    ...options.stepFunctions,
    region,
    account,
    port,
    lambdaUrl: lambdaHost.url,
    s3Client: s3,
    onStatusChange: (event) => deliver(event, plan, lambdaHost),
  });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const sfn = new SFNClient({ endpoint: stepFunctionsUrl, region, credentials });
  const stop = () => stopServers(sfn, server, lambdaHost);
  await createMachines(plan, sfn).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const { BucketName, TableName, RunStateMachineArn, SweepStateMachineArn, ImportStateMachineArn } = plan.outputs;
  return {
    bucketName: String(BucketName),
    tableName: String(TableName),
    runStateMachineArn: String(RunStateMachineArn),
    sweepStateMachineArn: String(SweepStateMachineArn),
    importStateMachineArn: String(ImportStateMachineArn),
    functionNames: Object.fromEntries(plan.functions.map(({ name }) => [name.replace(/^.*-/, ""), name])),
    outputs: plan.outputs,
    lambdaHost,
    stepFunctionsUrl,
    sfn,
    stop,
  };
}

async function createData({ buckets, tables }: StackPlan, dynamodb: DynamoDBClient, s3: S3Client): Promise<void> {
  for (const Bucket of buckets) await s3.send(new CreateBucketCommand({ Bucket }));
  for (const { definition, timeToLive } of tables) {
    await dynamodb.send(new CreateTableCommand(definition));
    if (timeToLive === undefined) continue;
    const { TableName } = definition;
    await dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: timeToLive }));
  }
}

async function createMachines({ machines }: StackPlan, sfn: SFNClient): Promise<void> {
  for (const machine of machines) await sfn.send(new CreateStateMachineCommand({ ...machine, type: "STANDARD" }));
}

/** Invokes the functions that the event is for, as EventBridge does: without waiting for their answers. */
async function deliver(event: Json, { rules }: StackPlan, { url }: LambdaHost): Promise<void> {
  for (const functionArn of targetsOf(event, rules)) {
    const path = `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`;
    const headers = { "x-amz-invocation-type": "Event", "content-type": "application/json" };
    const answer = await fetch(new URL(path, url), { method: "POST", headers, body: JSON.stringify(event) });
    if (answer.status !== 202)
      throw new Error(`The event for ${functionArn} was answered ${answer.status}: ${await answer.text()}`);
  }
}

/** Step Functions first: what it aborts is still told to the functions. */
async function stopServers(sfn: SFNClient, server: StepFunctionsServer, lambdaHost: LambdaHost): Promise<void> {
  sfn.destroy();
  try {
    await server.stop();
  } finally {
    await lambdaHost.stop();
  }
}

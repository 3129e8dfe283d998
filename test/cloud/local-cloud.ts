import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { RunWorkflow } from "../../lib/api/run-workflow.ts";
import type { SweepWorkflow } from "../../lib/api/sweep-workflow.ts";
import { openExecutionWorkflow } from "../../lib/cloud/execution-workflow.ts";
import { openSweepExecutionWorkflow } from "../../lib/cloud/sweep-execution-workflow.ts";
import { awsClients, closeClients } from "../../lib/stores/aws/clients.ts";
import { openAwsStores } from "../../lib/stores/aws/stores.ts";
import type { Stores } from "../../lib/stores/stores.ts";
import { temporaryFolder } from "../stores/temporary-folder.ts";
import { type BuildOptions, builtStack } from "./built-stack.ts";
import { type DeployedStack, deployStack } from "./deployed-stack.ts";
import { type Fault, type FaultProxy, type SeenRequest, startFaultProxy } from "./fault-proxy.ts";
import { startDynamo, startS3 } from "./servers.ts";

export const account = "111122223333";
export const region = "eu-west-1";

export type LocalCloudOptions = BuildOptions & {
  /** Waits and backoffs of the state machine are this much of their length. */
  readonly timeScale?: number;
  /** The clock of Step Functions and of `workflow`: dates, and the 14 days of a redrive. */
  readonly now?: () => number;
};

/** The synthesized stack with its bundled functions on local servers; requests of functions go through proxies that can fail. */
export type LocalCloud = {
  readonly stack: DeployedStack;
  /** Straight to the servers, without the proxies. */
  readonly stores: Stores;
  readonly workflow: RunWorkflow;
  readonly sweepWorkflow: SweepWorkflow;
  readonly environment: Readonly<Record<string, string>>;
  /** What happens to the functions' requests from now on. */
  setFaults(faults: CloudFaults): void;
  readonly dynamoProxy: FaultProxy;
  readonly s3Proxy: FaultProxy;
  /** Gives every function the code of another deployment of the stack; the state machines stay. */
  redeploy(strategiesFolder: string): Promise<void>;
  stop(): Promise<void>;
};

type Choose = (request: SeenRequest) => Fault | undefined;
export type CloudFaults = { readonly dynamodb?: Choose; readonly s3?: Choose };

export async function openLocalCloud({
  timeScale = 0.01,
  now = Date.now,
  ...build
}: LocalCloudOptions): Promise<LocalCloud> {
  let faults: CloudFaults = {};
  const folder = await temporaryFolder();
  const temporary = join(folder.path, "tmp");
  await mkdir(temporary);
  // What can fail comes before what must be stopped.
  const { template, assetsFolder } = await builtStack(build);
  const [dynamo, s3Server] = await Promise.all([startDynamo(), startS3()]);
  const dynamoProxy = await startFaultProxy(dynamo.url, (request) => faults.dynamodb?.(request));
  const s3Proxy = await startFaultProxy(s3Server.url, (request) => faults.s3?.(request));
  const credentials = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
  Object.assign(process.env, credentials);
  const direct = { ...credentials, AWS_ENDPOINT_URL_DYNAMODB: dynamo.url, AWS_ENDPOINT_URL_S3: s3Server.url };
  const clients = awsClients({ region }, direct);
  const stack = await deployStack({
    template,
    assetsFolder,
    dynamodb: clients.dynamodb,
    s3: clients.s3,
    account,
    region,
    stackName: "test",
    environment: {
      ...credentials,
      AWS_ENDPOINT_URL_DYNAMODB: dynamoProxy.url,
      AWS_ENDPOINT_URL_S3: s3Proxy.url,
      // Every process is one more of the same environment: they share what they keep.
      TMPDIR: temporary,
    },
    stepFunctions: { timeScale, now },
  });
  const stores = openAwsStores({ ...clients, table: stack.tableName, bucket: stack.bucketName });
  const environment = { ...direct, AWS_REGION: region, AWS_ENDPOINT_URL_SFN: stack.stepFunctionsUrl };
  const { sfn } = awsClients({ region }, environment);
  const workflow = openExecutionWorkflow({
    sfn,
    stateMachineArn: stack.runStateMachineArn,
    stores,
    nowMs: now,
  });
  return {
    stack,
    stores,
    workflow,
    sweepWorkflow: openSweepExecutionWorkflow({
      sfn,
      stateMachineArn: stack.sweepStateMachineArn,
      stores,
      runs: workflow,
      nowMs: now,
    }),
    environment,
    setFaults: (chosen) => {
      faults = chosen;
    },
    dynamoProxy,
    s3Proxy,
    async redeploy(strategiesFolder) {
      const { bundles } = await builtStack({ ...build, strategiesFolder });
      for (const [name, functionName] of Object.entries(stack.functionNames))
        stack.lambdaHost.updateCode(functionName, join(bundles, name));
    },
    async stop() {
      await stack.stop();
      sfn.destroy();
      closeClients(clients);
      await Promise.all([dynamoProxy.stop(), s3Proxy.stop()]);
      await Promise.all([dynamo.stop(), s3Server.stop(), folder.remove()]);
    },
  };
}

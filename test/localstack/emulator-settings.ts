import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

/** Where an emulator is and what of a deployment is known; everything comes from the environment. */
export type EmulatorSettings = {
  readonly endpointUrl: string;
  readonly region: string;
  readonly stackName: string;
  /** What is named outright, or by the outputs of a deployment; undefined when the suite is to deploy. */
  readonly resources: Resources | undefined;
  /** Segments that an execution does, where the deployment is known to have been given a number. */
  readonly turnsPerExecution: number | undefined;
  /** For every process that is started: credentials, region and endpoints. */
  readonly environment: NodeJS.ProcessEnv;
};

export type Resources = {
  readonly table: string;
  readonly bucket: string;
  readonly stateMachine: string;
  /** Undefined where no sweeps are to be started. */
  readonly sweepStateMachine: string | undefined;
  readonly importStateMachine: string;
};

/** AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_<SERVICE>, AWS_REGION, credentials, and BACKSTITCH_*, as docs/LOCALSTACK.md lists them. */
export function emulatorSettings(env: NodeJS.ProcessEnv): EmulatorSettings {
  const endpointUrl = env.AWS_ENDPOINT_URL ?? "http://localhost:4566";
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? "us-east-1";
  const stackName = env.BACKSTITCH_STACK ?? "Backstitch";
  const turns = env.BACKSTITCH_TURNS_PER_EXECUTION;
  const { AWS_ACCESS_KEY_ID = "test", AWS_SECRET_ACCESS_KEY = "test" } = env;
  return {
    endpointUrl,
    region,
    stackName,
    resources: namedResources(env) ?? outputResources(env.BACKSTITCH_OUTPUTS, stackName),
    turnsPerExecution: turns === undefined ? undefined : Number(turns),
    environment: { AWS_ENDPOINT_URL: endpointUrl, AWS_REGION: region, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY },
  };
}

/** Why no emulator can be asked, or undefined when one answers within three seconds. */
export async function whyNoEmulator(
  { endpointUrl }: EmulatorSettings,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const url = env.AWS_ENDPOINT_URL_SFN ?? endpointUrl;
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(3_000) })).text();
    return undefined;
  } catch (error) {
    const reason =
      error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : error;
    return `Nothing answers at ${url} (${reason}). Start an emulator of AWS as docs/LOCALSTACK.md says, or set AWS_ENDPOINT_URL.`;
  }
}

function namedResources(env: NodeJS.ProcessEnv): Resources | undefined {
  const { BACKSTITCH_TABLE: table, BACKSTITCH_BUCKET: bucket } = env;
  const { BACKSTITCH_STATE_MACHINE: stateMachine, BACKSTITCH_IMPORT_STATE_MACHINE: importStateMachine } = env;
  const { BACKSTITCH_SWEEP_STATE_MACHINE: sweepStateMachine } = env;
  if (table === undefined || bucket === undefined || stateMachine === undefined || importStateMachine === undefined)
    return undefined;
  return { table, bucket, stateMachine, sweepStateMachine, importStateMachine };
}

const stackOutputs = z.object({
  TableName: z.string(),
  BucketName: z.string(),
  RunStateMachineArn: z.string(),
  SweepStateMachineArn: z.string(),
  ImportStateMachineArn: z.string(),
});

/** What `cdklocal deploy --outputs-file FILE` wrote. */
function outputResources(file: string | undefined, stackName: string): Resources | undefined {
  if (file === undefined) return undefined;
  if (!existsSync(file))
    throw new Error(`BACKSTITCH_OUTPUTS: expected the file of cdklocal deploy --outputs-file, found no ${file}.`);
  const outputs = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(file, "utf8")));
  const found = stackOutputs.parse(outputs[stackName]);
  return {
    table: found.TableName,
    bucket: found.BucketName,
    stateMachine: found.RunStateMachineArn,
    sweepStateMachine: found.SweepStateMachineArn,
    importStateMachine: found.ImportStateMachineArn,
  };
}

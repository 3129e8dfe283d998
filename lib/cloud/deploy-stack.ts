import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { cdkEnvironment, runCdk } from "./cdk.ts";
import { projectFolder } from "./deploy-checks.ts";
import type { Deployment } from "./deployment.ts";

/** What a deployment is made with. */
export type StackRequest = {
  readonly home: string;
  readonly stackName: string;
  readonly region: string;
  readonly profile: string | undefined;
  readonly endpointUrl: string | undefined;
  readonly strategies: string | undefined;
  /** Parameters of infra/parameters.ts by name. */
  readonly context: ReadonlyMap<string, string>;
};

type Say = (text: string) => void;

/** Writes the templates and the bundled functions, offline; returns the folder. */
export async function synthesize(request: StackRequest, say: Say): Promise<string> {
  const { output, env } = await workplace(request);
  await runCdk({ folder: projectFolder, args: ["synth", "--quiet", ...appArgs(request, output)], env, say });
  return output;
}

/** Prints what a deployment would change. */
export async function showChanges(request: StackRequest, say: Say): Promise<void> {
  const { output, env } = await workplace(request);
  await runCdk({ folder: projectFolder, args: ["diff", ...appArgs(request, output)], env, say });
}

/** Creates or updates the stack; returns what it consists of. */
export async function deployStack(
  request: StackRequest & { readonly account: string; readonly nowMs: number },
  say: Say,
): Promise<Deployment> {
  const { output, env } = await workplace(request);
  const outputsFile = join(output, "outputs.json");
  const args = ["deploy", "--require-approval", "never", "--outputs-file", outputsFile, ...appArgs(request, output)];
  await runCdk({ folder: projectFolder, args, env, say });
  const outputs = outputsSchema(request.stackName).parse(JSON.parse(await readFile(outputsFile, "utf8")));
  return deploymentOf(request, outputs[request.stackName] ?? {});
}

/** Removes the stack; the bucket and the table stay. */
export async function destroyStack(request: StackRequest, say: Say): Promise<void> {
  const { output, env } = await workplace(request);
  await runCdk({ folder: projectFolder, args: ["destroy", "--force", ...appArgs(request, output)], env, say });
}

/** The deployment that a stack's outputs describe. Throws a ZodError when one is missing. */
export function deploymentOf(
  request: StackRequest & { readonly account: string; readonly nowMs: number },
  outputs: Readonly<Record<string, string>>,
): Deployment {
  const { stackName, region, profile, account, nowMs, context } = request;
  const functions = functionsSchema.parse(Object.fromEntries(context));
  const { ApiUrl, BucketName, TableName, ...machines } = stackOutputs.parse(outputs);
  return {
    format: 1,
    stackName,
    region,
    account,
    ...(profile === undefined ? {} : { profile }),
    ...(ApiUrl === undefined ? {} : { apiUrl: ApiUrl.replace(/\/$/, "") }),
    bucketName: BucketName,
    tableName: TableName,
    runStateMachineArn: machines.RunStateMachineArn,
    ...(machines.SweepStateMachineArn === undefined ? {} : { sweepStateMachineArn: machines.SweepStateMachineArn }),
    importStateMachineArn: machines.ImportStateMachineArn,
    ...(functions.memory === undefined ? {} : { memoryMb: functions.memory }),
    ...(functions.architecture === undefined ? {} : { architecture: functions.architecture }),
    deployedAtMs: nowMs,
  };
}

const functionsSchema = z.object({
  memory: z.coerce.number().optional(),
  architecture: z.enum(["x86_64", "arm64"]).optional(),
});

const stackOutputs = z.object({
  ApiUrl: z.string().optional(),
  BucketName: z.string(),
  TableName: z.string(),
  RunStateMachineArn: z.string(),
  SweepStateMachineArn: z.string().optional(),
  ImportStateMachineArn: z.string(),
});

function outputsSchema(stackName: string) {
  return z.object({ [stackName]: z.record(z.string(), z.string()) });
}

async function workplace(request: StackRequest) {
  const output = join(request.home, "cdk.out");
  await mkdir(output, { recursive: true });
  return { output, env: cdkEnvironment(process.env, request) };
}

function appArgs({ stackName, strategies, endpointUrl, context }: StackRequest, output: string): readonly string[] {
  const parameters = new Map([
    ["stackName", stackName],
    ...(strategies === undefined ? [] : [["strategies", resolve(strategies)] as const]),
    // HTTP APIs of emulators answer nothing: the API runs as `backstitch serve --cloud` in front of them.
    ...(endpointUrl === undefined ? [] : [["apiInStack", "false"] as const]),
    ...context,
  ]);
  const app = `"${process.execPath}" infra/app.ts`;
  return ["--app", app, "--output", output, ...[...parameters].flatMap(([name, value]) => ["-c", `${name}=${value}`])];
}

import { createInterface } from "node:readline/promises";
import { deleteBucket, deleteTable } from "../../cloud/delete-data.ts";
import { deploymentOf, destroyStack, type StackRequest } from "../../cloud/deploy-stack.ts";
import { type Deployment, forgetDeployment, readDeployment, writeDeployment } from "../../cloud/deployment.ts";
import { InputError } from "../../engine/input-error.ts";
import { homeFolder } from "../../local/home.ts";
import { awsClients, closeClients } from "../../stores/aws/clients.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { countOf } from "../quantity-text.ts";
import { type DeployIdentity, DeployRefusedError, runChecks } from "./run-checks.ts";

export type DestroyFlags = CloudFlags & {
  readonly stackName: string;
  readonly deleteData?: boolean;
  /** The stack's name, typed beforehand: for scripts. */
  readonly confirm?: string;
};

/** Nothing to destroy, or not confirmed. */
export class DestroyError extends InputError {
  override readonly name = "DestroyError";
}

/** `destroy`: removes the stack; bars, runs and results stay unless --delete-data is given and confirmed. */
export async function destroy(flags: DestroyFlags, console: Console): Promise<ExitCode> {
  const { stackName, profile, endpointUrl } = flags;
  console.note("Checking:");
  const { checks, identity } = await runChecks("destroy", flags, console);
  const failures = checks.filter(({ outcome }) => outcome === "failed");
  if (identity === undefined || failures.length > 0)
    throw new DeployRefusedError(
      `Not ready to destroy: ${failures.map(({ name }) => name).join(", ")}. Do what the lines marked FAILED say.`,
    );
  const request: StackRequest = {
    home: homeFolder(),
    stackName,
    region: identity.region,
    profile,
    endpointUrl,
    strategies: undefined,
    context: new Map(),
  };
  const { deployment, isStanding } = await findDeployment(request, identity);
  const { bucketName, tableName } = deployment;
  const what =
    flags.deleteData === true
      ? `stack ${stackName} and ALL DATA in bucket ${bucketName} and table ${tableName}`
      : `stack ${stackName}`;
  await confirm(flags, `This removes ${what}, in account ${identity.account}, ${identity.region}.`, console);
  const say = (text: string): void => {
    if (!console.isQuiet) process.stderr.write(text);
  };
  if (isStanding) await destroyStack(request, say);
  if (flags.deleteData === true) {
    await deleteData(deployment, request, console);
    await forgetDeployment(request.home);
    console.answer(
      { destroyed: stackName, region: identity.region, account: identity.account, kept: null },
      `Destroyed stack ${stackName}, its bucket and its table. Left is the CDK's bootstrap stack, CDKToolkit, which other stacks may use.`,
    );
    return 0;
  }
  await writeDeployment(request.home, { ...deployment, destroyedAtMs: Date.now() });
  console.answer(
    { destroyed: stackName, region: identity.region, account: identity.account, kept: { bucketName, tableName } },
    `Destroyed stack ${stackName}. Kept, and billed for their storage: bucket ${bucketName}, table ${tableName}. A later deploy makes new ones.\nRemove these two as well: backstitch destroy --delete-data`,
  );
  return 0;
}

type Found = { readonly deployment: Deployment; readonly isStanding: boolean };

/** By its own outputs; when the stack is gone already and its data is to go too, by what was noted here. */
async function findDeployment(request: StackRequest, { aws, account }: DeployIdentity): Promise<Found> {
  const { stackName, region } = request;
  const outputs = await aws.stackOutputs(stackName);
  if (outputs !== undefined && outputs.size > 0) {
    const deployment = deploymentOf({ ...request, account, nowMs: Date.now() }, Object.fromEntries(outputs));
    return { deployment, isStanding: true };
  }
  const noted = await readDeployment(request.home);
  if (noted?.stackName === stackName && noted.region === region && noted.account === account)
    return { deployment: noted, isStanding: false };
  throw new DestroyError(
    `--stack-name ${stackName}: found no such stack in ${region}, account ${account}. Check --region and --profile.`,
  );
}

async function confirm({ stackName, confirm: typed }: DestroyFlags, what: string, console: Console): Promise<void> {
  console.warn(what);
  const answer = typed ?? (await typedAnswer(`Type the stack's name, ${stackName}, to go on: `));
  if (answer === stackName) return;
  throw new DestroyError(
    answer === undefined
      ? `Not confirmed: there is no terminal to ask at. Give --confirm ${stackName}.`
      : `Not confirmed: expected ${stackName}, found ${JSON.stringify(answer)}. Nothing was removed.`,
  );
}

async function typedAnswer(question: string): Promise<string | undefined> {
  if (process.stdin.isTTY !== true) return undefined;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await prompt.question(question)).trim();
  } finally {
    prompt.close();
  }
}

async function deleteData(
  { bucketName, tableName }: Deployment,
  request: StackRequest,
  console: Console,
): Promise<void> {
  const { region, profile, endpointUrl } = request;
  const clients = awsClients({
    region,
    ...(profile === undefined ? {} : { profile }),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
  });
  try {
    await deleteBucket(bucketName, clients.s3, (count) => console.note(`Removed ${countOf(count, "object version")}.`));
    await deleteTable(tableName, clients.dynamodb);
  } finally {
    closeClients(clients);
  }
}

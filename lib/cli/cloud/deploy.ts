import type { Check } from "../../cloud/deploy-checks.ts";
import { deployStack, type StackRequest, showChanges, synthesize } from "../../cloud/deploy-stack.ts";
import { type Deployment, writeDeployment } from "../../cloud/deployment.ts";
import { InputError } from "../../engine/input-error.ts";
import { homeFolder } from "../../local/home.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { nameList } from "../text-table.ts";
import { DeployRefusedError, runChecks } from "./run-checks.ts";

export type DeployFlags = CloudFlags & {
  readonly strategies?: string;
  readonly stackName: string;
  readonly memory?: number;
  readonly concurrency?: number;
  readonly architecture?: string;
  readonly context?: readonly string[];
  readonly dryRun?: boolean;
  readonly diff?: boolean;
};

/** A --context that is no name=value. */
export class ContextError extends InputError {
  override readonly name = "ContextError";
}

/** `deploy`: the checks that a person forgets, then the CDK; notes what came of it for later commands. */
export async function deploy(flags: DeployFlags, console: Console): Promise<ExitCode> {
  const context = contextOf(flags);
  console.note("Checking:");
  const { checks, identity } = await runChecks("deploy", flags, console);
  const failures = checks.filter((check) => check.outcome === "failed");
  const request: StackRequest = {
    home: homeFolder(),
    stackName: flags.stackName,
    region: identity?.region ?? flags.region ?? process.env.AWS_REGION ?? "us-east-1",
    profile: flags.profile,
    endpointUrl: flags.endpointUrl,
    strategies: flags.strategies,
    context,
  };
  const say = (text: string): void => {
    if (!console.isQuiet) process.stderr.write(text);
  };
  if (flags.dryRun === true) return tryOut(request, checks, flags, say, console);
  if (failures.length > 0 || identity === undefined) throw new DeployRefusedError(refusal(failures));
  const deployment = await deployStack({ ...request, account: identity.account, nowMs: Date.now() }, say);
  const file = await writeDeployment(request.home, deployment);
  console.answer({ dryRun: false, checks, deployment, notedIn: file }, deploymentText(deployment, file));
  return 0;
}

/** Says what would be deployed and changes nothing; what failed is told by the exit code too. */
async function tryOut(
  request: StackRequest,
  checks: readonly Check[],
  flags: DeployFlags,
  say: (text: string) => void,
  console: Console,
): Promise<ExitCode> {
  const cannot = checks.filter(
    (check) => check.outcome === "failed" && ["Node", "CDK", "Strategies"].includes(check.name),
  );
  if (cannot.length > 0) throw new DeployRefusedError(refusal(cannot));
  const templates = await synthesize(request, say);
  if (flags.diff === true) await showChanges(request, say);
  const failures = checks.filter((check) => check.outcome === "failed");
  const ready = failures.length === 0 ? "Nothing stands in the way of deploying it." : refusal(failures);
  console.answer(
    { dryRun: true, checks, stackName: request.stackName, templates },
    `Wrote the templates of stack ${request.stackName} to ${templates}; nothing was deployed. ${ready}`,
  );
  return failures.length === 0 ? 0 : 2;
}

function refusal(failures: readonly Check[]): string {
  return `Not ready to deploy: ${failures.map(({ name }) => name).join(", ")}. Do what the lines marked FAILED say, then deploy again.`;
}

function contextOf({ memory, concurrency, architecture, context = [] }: DeployFlags): ReadonlyMap<string, string> {
  const own = Object.entries({ memory, concurrency, architecture }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
  const given = context.map((text) => {
    const at = text.indexOf("=");
    if (at <= 0) throw new ContextError(`--context ${text}: expected name=value, as in logRetentionDays=90.`);
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  return new Map([...own, ...given]);
}

function deploymentText(deployment: Deployment, file: string): string {
  const { stackName, region, account, apiUrl, bucketName, tableName } = deployment;
  const list = nameList([
    ["Stack", `${stackName} in ${region}, account ${account}`],
    ["API", apiUrl ?? "not in the stack: backstitch serve --cloud answers in its place"],
    ["Bucket", bucketName],
    ["Table", tableName],
    ["Noted in", file],
  ]);
  return `Deployed.\n\n${list}\n\nNext: backstitch data import FILE --symbol S --timeframe 1d --cloud\n      backstitch run SPEC.yaml --cloud`;
}

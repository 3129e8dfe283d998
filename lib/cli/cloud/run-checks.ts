import { type AwsQuestions, askAws } from "../../cloud/aws-call.ts";
import {
  type Check,
  checkBootstrap,
  checkConcurrency,
  checkNode,
  checkStrategies,
  checkTools,
  failed,
  passed,
  projectFolder,
} from "../../cloud/deploy-checks.ts";
import { type AwsIdentity, findIdentity } from "../../cloud/request-signer.ts";
import { InputError } from "../../engine/input-error.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console } from "../console.ts";

/** Something stands in the way of a deployment; the checks have said what. */
export class DeployRefusedError extends InputError {
  override readonly name = "DeployRefusedError";
}

/** Who deploys, where to. */
export type DeployIdentity = { readonly region: string; readonly account: string; readonly aws: AwsQuestions };

export type Checked = { readonly checks: readonly Check[]; readonly identity: DeployIdentity | undefined };

/** Checks this machine, then the account, for what is to be done; says each result as it comes. The identity is undefined when there is none. */
export async function runChecks(
  purpose: "deploy" | "destroy",
  flags: CloudFlags & { readonly strategies?: string; readonly concurrency?: number },
  console: Console,
): Promise<Checked> {
  const checks: Check[] = [];
  const tell = (check: Check): void => {
    checks.push(check);
    if (check.outcome === "passed") console.note(checkText(check));
    else console.warn(checkText(check));
  };
  tell(checkNode(process.versions.node));
  tell(checkTools(projectFolder));
  if (purpose === "deploy") tell(await checkStrategies(flags.strategies));
  const identity = await findAccount(flags, tell);
  if (identity !== undefined && purpose === "deploy") {
    const { aws, account, region } = identity;
    tell(await asked("Bootstrap", () => checkBootstrap(aws, account, region)));
    tell(await asked("Concurrency", () => checkConcurrency(aws, flags.concurrency)));
  }
  return { checks, identity };
}

async function findAccount(flags: CloudFlags, tell: (check: Check) => void): Promise<DeployIdentity | undefined> {
  const found = await orFailed("Account", () => findIdentity(flags), tell);
  if (found === undefined) return undefined;
  const { region }: AwsIdentity = found;
  const aws = askAws(found, flags.endpointUrl, process.env);
  tell(passed("Region", region));
  const caller = await orFailed("Account", () => aws.callerIdentity(), tell);
  if (caller === undefined) return undefined;
  tell(passed("Account", `${caller.arn} in account ${caller.account}`));
  return { region, account: caller.account, aws };
}

async function orFailed<T>(name: string, ask: () => Promise<T>, tell: (check: Check) => void): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    tell(failed(name, error.message));
    return undefined;
  }
}

async function asked(name: string, check: () => Promise<Check>): Promise<Check> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof InputError) return failed(name, error.message);
    throw error;
  }
}

const marks = { passed: "ok", warned: "NOTE", failed: "FAILED" } as const;

function checkText({ name, outcome, text }: Check): string {
  return `  ${marks[outcome].padEnd(6)}  ${name}: ${text}`;
}

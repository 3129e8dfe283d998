import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../engine/input-error.ts";
import { findStrategies } from "../strategies/strategies-folder.ts";
import type { AwsQuestions } from "./aws-call.ts";

/** What a check found. `failed` stops a deployment, `warned` does not; the text says what to do. */
export type Check = { readonly name: string; readonly outcome: "passed" | "warned" | "failed"; readonly text: string };

/** The repository, where infra/ and the packages that it needs are. */
export const projectFolder = join(import.meta.dirname, "../..");

/** Node runs the TypeScript of infra/ as it stands from this version on. */
const oldestNode = [22, 18] as const;

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldMajor, oldMinor] = oldestNode;
  const isNew = major > oldMajor || (major === oldMajor && minor >= oldMinor);
  return isNew
    ? passed("Node", version)
    : failed(
        "Node",
        `expected ${oldestNode.join(".")} or newer, found ${version}. Install Node 24: https://nodejs.org`,
      );
}

const tools = ["aws-cdk", "aws-cdk-lib", "constructs", "cdk-nag", "esbuild"];

/** The packages that only a deployment needs: there, and of the versions that this one was tried with. */
export function checkTools(folder: string): Check {
  if (!existsSync(join(folder, "infra/app.ts")))
    return failed(
      "CDK",
      `found no infra/ in ${folder}: deploy from a checkout of the repository, with its packages (npm ci).`,
    );
  const wanted = manifestIn(folder).devDependencies;
  const resolve = createRequire(join(folder, "package.json"));
  const missing = tools.filter((name) => versionOf(name, resolve) === undefined);
  const install = (names: readonly string[]): string =>
    `npm install --save-dev ${names.map((name) => (wanted[name] === undefined ? name : `${name}@${wanted[name]}`)).join(" ")}`;
  if (missing.length > 0) return failed("CDK", `${missing.join(", ")} not found. Install: ${install(missing)}`);
  const other = tools.filter((name) => wanted[name] !== undefined && versionOf(name, resolve) !== wanted[name]);
  if (other.length > 0) {
    const found = other.map((name) => `${name} ${versionOf(name, resolve)}`).join(", ");
    return warned("CDK", `found ${found}, tried with others. If anything is odd: ${install(other)}`);
  }
  return passed("CDK", `aws-cdk ${versionOf("aws-cdk", resolve)}, aws-cdk-lib ${versionOf("aws-cdk-lib", resolve)}`);
}

/** Every module of the folder is loaded, as the bundler will. */
export async function checkStrategies(folder: string | undefined): Promise<Check> {
  if (folder === undefined)
    return passed("Strategies", "only the built-in ones (--strategies adds a folder of your own)");
  try {
    const found = await findStrategies(folder);
    return passed("Strategies", found.map(({ name, digest }) => `${name} (${digest.slice(0, 12)})`).join(", "));
  } catch (error) {
    if (error instanceof InputError) return failed("Strategies", error.message);
    throw error;
  }
}

/** The CDK puts code into a bucket that it makes once for each account and region. */
export async function checkBootstrap(aws: AwsQuestions, account: string, region: string): Promise<Check> {
  const version = await aws.parameter("/cdk-bootstrap/hnb659fds/version");
  if (version === undefined)
    return failed(
      "Bootstrap",
      `the CDK is not prepared in this account and region. Once: npx cdk bootstrap aws://${account}/${region}`,
    );
  return Number(version) >= oldestBootstrap
    ? passed("Bootstrap", `version ${version}`)
    : failed(
        "Bootstrap",
        `expected version ${oldestBootstrap} or newer, found ${version}. Renew it: npx cdk bootstrap aws://${account}/${region}`,
      );
}

/** What the CDK's default synthesizer asks for. */
const oldestBootstrap = 6;

/** AWS leaves this much of an account's concurrency unreserved; accounts with less cannot reserve at all. */
const leastUnreserved = 100;

/** New accounts may have 10 invocations at once instead of 1,000. */
export async function checkConcurrency(aws: AwsQuestions, reserved: number | undefined): Promise<Check> {
  const { limit, unreserved } = await aws.lambdaConcurrency();
  const raise = 'Ask for more: Service Quotas, AWS Lambda, "Concurrent executions" (1,000 is usual)';
  if (reserved !== undefined && limit - reserved < leastUnreserved)
    return failed(
      "Concurrency",
      `--concurrency ${reserved} of the ${limit} invocations at once that the account allows would leave fewer than the ${leastUnreserved} that AWS keeps unreserved. ${limit <= leastUnreserved ? `Leave --concurrency out. ${raise}` : `Give at most ${limit - leastUnreserved}.`}`,
    );
  if (limit <= leastUnreserved)
    return warned("Concurrency", `the account allows ${limit} invocations at once: runs beyond that wait. ${raise}.`);
  if (reserved !== undefined && unreserved - reserved < leastUnreserved)
    return warned(
      "Concurrency",
      `other functions have reserved ${limit - unreserved} of ${limit}: unless that is this stack's own, --concurrency ${reserved} will be refused.`,
    );
  return passed(
    "Concurrency",
    `${limit} invocations at once${reserved === undefined ? "" : `, ${reserved} of them for segments`}`,
  );
}

export function passed(name: string, text: string): Check {
  return { name, outcome: "passed", text };
}

export function warned(name: string, text: string): Check {
  return { name, outcome: "warned", text };
}

export function failed(name: string, text: string): Check {
  return { name, outcome: "failed", text };
}

function manifestIn(folder: string): z.output<typeof manifestSchema> {
  return manifestSchema.parse(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
}

const manifestSchema = z.object({
  version: z.string(),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

function versionOf(name: string, { resolve }: NodeJS.Require): string | undefined {
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(resolve(`${name}/package.json`), "utf8"))).version;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

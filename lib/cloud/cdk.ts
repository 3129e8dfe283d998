import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A command of the CDK in the project's folder. */
export type CdkCall = {
  readonly folder: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Called with what it says, which is not the command's own answer. */
  readonly say: (text: string) => void;
};

/** The CDK could not do what was asked; it has said why. */
export class CdkFailedError extends Error {
  override readonly name = "CdkFailedError";
}

/** Runs the CDK that is installed in the folder, to its end. Throws CdkFailedError. */
export async function runCdk({ folder, args, env, say }: CdkCall): Promise<void> {
  const manifest = createRequire(join(folder, "package.json")).resolve("aws-cdk/package.json");
  const program = join(dirname(manifest), "bin/cdk");
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, env, stdio: ["inherit", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", say);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0)
    throw new CdkFailedError(`cdk ${args[0] ?? ""} ended with code ${code}; its own message stands above.`);
}

/** What the CDK learns from the environment: which account's credentials, which region, and where AWS's services are when not on AWS. */
export function cdkEnvironment(
  base: NodeJS.ProcessEnv,
  place: { readonly region: string; readonly profile?: string | undefined; readonly endpointUrl?: string | undefined },
): NodeJS.ProcessEnv {
  const { region, profile, endpointUrl } = place;
  const env = { ...base, AWS_REGION: region, AWS_DEFAULT_REGION: region, CDK_DISABLE_CLI_TELEMETRY: "true" };
  const own = profile === undefined ? env : { ...env, AWS_PROFILE: profile };
  if (endpointUrl === undefined) return own;
  // The CDK addresses buckets by host name, which an emulator has to be able to tell apart from its own.
  return {
    ...own,
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_ENDPOINT_URL_S3: base.AWS_ENDPOINT_URL_S3 ?? bucketEndpoint(endpointUrl),
  };
}

/** LocalStack takes requests for buckets at this name, which resolves to one's own machine with every bucket in front of it. */
function bucketEndpoint(endpointUrl: string): string {
  const url = new URL(endpointUrl);
  if (/^(localhost|127\.0\.0\.1|localhost\.localstack\.cloud)$/.test(url.hostname))
    url.hostname = "s3.localhost.localstack.cloud";
  return url.href.replace(/\/$/, "");
}

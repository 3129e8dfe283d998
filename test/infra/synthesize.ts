import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import { functionNames } from "../../lib/cloud/bundle-functions.ts";
import { synthesizeStack } from "../cloud/deployed-stack-synthesis.ts";

/** Synthesizes the stack with functions of one line each: what the template says of them does not depend on their code. */
export async function synthesize(flags: Readonly<Record<string, string>> = {}): Promise<Template> {
  const folder = mkdtempSync(join(tmpdir(), "backstitch-infra-"));
  const bundles = join(folder, "bundles");
  try {
    for (const name of functionNames) {
      mkdirSync(join(bundles, name), { recursive: true });
      writeFileSync(join(bundles, name, "index.cjs"), "exports.handler = async () => {};");
    }
    const { template } = await synthesizeStack({ outFolder: join(folder, "cdk.out"), bundles, flags });
    return Template.fromJSON({ ...template });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

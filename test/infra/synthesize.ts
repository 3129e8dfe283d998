import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import { backstitchApp } from "../../infra/backstitch-app.ts";

/** The flags that cdk.json sets. */
const cdkContext: Readonly<Record<string, unknown>> = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../cdk.json"), "utf8"),
).context;

const functionNames = ["plan", "segment", "finish", "status", "watch", "import", "api"];

/** Synthesizes the stack with functions of one line each: what it says of them does not depend on their code. */
export async function synthesize(flags: Readonly<Record<string, string>> = {}): Promise<Template> {
  const folder = mkdtempSync(join(tmpdir(), "backstitch-infra-"));
  try {
    for (const name of functionNames) {
      mkdirSync(join(folder, "bundles", name), { recursive: true });
      writeFileSync(join(folder, "bundles", name, "index.mjs"), "export const handler = async () => {};");
    }
    const { app, stack } = await backstitchApp(
      { outdir: join(folder, "cdk.out"), context: { ...cdkContext, ...flags } },
      async () => join(folder, "bundles"),
    );
    app.synth();
    return Template.fromStack(stack);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

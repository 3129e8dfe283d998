import { readFileSync } from "node:fs";
import { join } from "node:path";
import { backstitchApp } from "../../infra/backstitch-app.ts";
import type { StackTemplate } from "./deployed-stack-intrinsics.ts";

export type Synthesized = {
  readonly template: StackTemplate;
  /** Folder with a folder `asset.HASH` for each function's code. */
  readonly assetsFolder: string;
};

export type SynthesisOptions = {
  /** Gets the template and the functions' code. */
  readonly outFolder: string;
  /** Folder with a folder for each bundled function. */
  readonly bundles: string;
  /** Parameters of the stack, as given to the CDK with `-c`. */
  readonly flags?: Readonly<Record<string, string>>;
};

/** What `cdk synth` writes, with the flags of cdk.json. Throws what cdk-nag finds. */
export async function synthesizeStack({ outFolder, bundles, flags = {} }: SynthesisOptions): Promise<Synthesized> {
  const cdk = JSON.parse(readFileSync(join(import.meta.dirname, "../../cdk.json"), "utf8"));
  const { app, stack } = await backstitchApp(
    { outdir: outFolder, context: { ...cdk.context, ...flags } },
    async () => bundles,
  );
  const assembly = app.synth();
  return { template: assembly.getStackArtifact(stack.artifactId).template, assetsFolder: assembly.directory };
}

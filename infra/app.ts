import { join, resolve } from "node:path";
import { bundleFunctions } from "../lib/cloud/bundle-functions.ts";
import { InputError } from "../lib/engine/input-error.ts";
import { backstitchApp } from "./backstitch-app.ts";

/** What `cdk synth` runs: bundles the functions and writes the template, all of it into the CDK's output folder. */
const outputFolder = resolve(process.env.CDK_OUTDIR ?? "cdk.out");

try {
  const { app } = await backstitchApp({ outdir: outputFolder }, async ({ strategies, models }) => {
    const bundles = join(outputFolder, "bundles");
    await bundleFunctions({
      outFolder: bundles,
      models,
      ...(strategies !== undefined && { strategiesFolder: resolve(strategies) }),
    });
    return bundles;
  });
  app.synth();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 2;
}

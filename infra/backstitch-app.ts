import { App, type AppProps, Tags, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { BackstitchStack } from "./backstitch-stack.ts";
import { type Parameters, parseParameters } from "./parameters.ts";

export type BackstitchApp = { readonly app: App; readonly stack: BackstitchStack };

/** The app with its one stack, checked by cdk-nag when it is synthesized. `bundle` puts each function into a folder and returns the folder of these folders. */
export async function backstitchApp(
  props: AppProps,
  bundle: (parameters: Parameters) => Promise<string>,
): Promise<BackstitchApp> {
  const app = new App(props);
  const parameters = parseParameters(app.node);
  const { stackName, tags } = parameters;
  const stack = new BackstitchStack(app, stackName, {
    stackName,
    description: "Backstitch: backtests in segments, checkpointed and resumed",
    parameters,
    bundles: await bundle(parameters),
  });
  for (const [name, value] of Object.entries({ application: "backstitch", ...tags })) Tags.of(app).add(name, value);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { app, stack };
}

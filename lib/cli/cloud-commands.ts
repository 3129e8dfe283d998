import type { Command } from "commander";
import type { DeployFlags } from "./cloud/deploy.ts";
import type { DestroyFlags } from "./cloud/destroy.ts";
import type { CloudFlags } from "./cloud-flags.ts";
import { openConsole } from "./console.ts";
import { collect, oneOf, wholeNumber } from "./option-values.ts";
import type { OutputFlags } from "./output-flags.ts";
import type { PlanFlags } from "./runs/plan.ts";

/** `backstitch plan`, `deploy` and `destroy`. */
export function addCloudCommands(program: Command): void {
  program
    .command("plan <spec>")
    .description("say what a run will be on AWS: segments, seconds, requests and dollars; computes a sample")
    .option("--segment-bars <n>", "plan with this many bars a segment (checkpoint.everyBars)", wholeNumber(1))
    .option("--set <path=value>", "change a field of the spec; repeatable", collect)
    .option(
      "--memory <mb>",
      "memory of the function that computes segments (default: 1769, with --cloud the deployed)",
      wholeNumber(128),
    )
    .option("--architecture <name>", "x86_64 (default) or arm64", oneOf(["x86_64", "arm64"] as const))
    .addHelpText("after", planHelp)
    .action(async (spec: string, _own, command: Command) => {
      const flags = command.optsWithGlobals<PlanFlags & CloudFlags & OutputFlags>();
      const { planSpec } = await import("./runs/plan.ts");
      process.exitCode = await planSpec(spec, flags, openConsole(flags));
    });

  program
    .command("deploy")
    .description("create or update the stack on AWS, after checking what usually stands in the way")
    .option("--strategies <folder>", "a folder with strategies of your own, which specs then name")
    .option("--stack-name <name>", "the stack's name", "Backstitch")
    .option("--memory <mb>", "memory of the functions that compute (default: 1769, one processor)", wholeNumber(512))
    .option(
      "--concurrency <n>",
      "segments at once over all runs (default: as many as the account allows)",
      wholeNumber(1),
    )
    .option("--architecture <name>", "x86_64 (default) or arm64", oneOf(["x86_64", "arm64"] as const))
    .option("-c, --context <name=value>", "another parameter of infra/parameters.ts; repeatable", collect)
    .option("--dry-run", "only check and write the templates")
    .option("--diff", "with --dry-run: also show what would change")
    .addHelpText("after", deployHelp)
    .action(async (_own, command: Command) => {
      const flags = command.optsWithGlobals<DeployFlags & OutputFlags>();
      const { deploy } = await import("./cloud/deploy.ts");
      process.exitCode = await deploy(flags, openConsole(flags));
    });

  program
    .command("destroy")
    .description("remove the stack; the bucket and the table stay, unless their data is to go too")
    .option("--stack-name <name>", "the stack's name", "Backstitch")
    .option("--delete-data", "also remove the bucket and the table with everything in them")
    .option("--confirm <name>", "the stack's name again, where nobody can be asked")
    .action(async (_own, command: Command) => {
      const flags = command.optsWithGlobals<DestroyFlags & OutputFlags>();
      const { destroy } = await import("./cloud/destroy.ts");
      process.exitCode = await destroy(flags, openConsole(flags));
    });
}

const planHelp = `
Examples:
  backstitch plan sp500-sma.yaml
  backstitch plan sp500-sma.yaml --segment-bars 500000 --memory 3008 --region us-west-2
  backstitch plan sp500-sma.yaml --json | jq .dollars.total`;

const deployHelp = `
Examples:
  backstitch deploy --dry-run
  backstitch deploy --region eu-central-1 --profile research
  backstitch deploy --strategies ./strategies --memory 3008 -c logRetentionDays=90`;

import type { Command } from "commander";
import type { CloudFlags } from "./cloud-flags.ts";
import { openConsole } from "./console.ts";
import { collect, oneOf, wholeNumber } from "./option-values.ts";
import type { OutputFlags } from "./output-flags.ts";
import type { PlanFlags } from "./runs/plan.ts";

/** `backstitch plan`, `deploy` and `destroy`. */
export function addCloudCommands(program: Command): void {
  program
    .command("plan <spec>")
    .description("say what a run will be on AWS: segments, seconds, requests and dollars; computes a sample here")
    .option("--segment-bars <n>", "plan with this many bars a segment (checkpoint.everyBars)", wholeNumber(1))
    .option("--set <path=value>", "change a field of the spec; repeatable", collect)
    .option("--memory <mb>", "memory of the function that computes segments", wholeNumber(128), 1_769)
    .option("--architecture <name>", "x86_64 or arm64", oneOf(["x86_64", "arm64"] as const), "x86_64")
    .addHelpText("after", planHelp)
    .action(async (spec: string, _own, command: Command) => {
      const flags = command.optsWithGlobals<PlanFlags & CloudFlags & OutputFlags>();
      const { planSpec } = await import("./runs/plan.ts");
      process.exitCode = await planSpec(spec, flags, openConsole(flags));
    });
}

const planHelp = `
Examples:
  backstitch plan sp500-sma.yaml
  backstitch plan sp500-sma.yaml --segment-bars 500000 --memory 3008 --region us-west-2
  backstitch plan sp500-sma.yaml --json | jq .dollars.total`;

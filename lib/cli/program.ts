import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addCheckpointCommands } from "./checkpoint-commands.ts";
import { addCloudCommands } from "./cloud-commands.ts";
import { addCompareCommands } from "./compare-commands.ts";
import { addDataCommands } from "./data-commands.ts";
import { addModelCommands } from "./model-commands.ts";
import { addRunCommands } from "./run-commands.ts";
import { addServeCommand } from "./serve-command.ts";
import { addStrategyCommands } from "./strategy-commands.ts";
import { addSweepCommands } from "./sweep-commands.ts";

/** The whole command line. What a command does is loaded only when it is called. */
export function buildProgram(): Command {
  const program = new Command("backstitch")
    .description(
      "Backtests cut into segments: every run can be killed, resumed, extended and forked, and its result stays the same, bit for bit.",
    )
    .version(packageVersion(), "-V, --version", "print the version")
    .option("--json", "print one JSON document on stdout; notes and progress go to stderr")
    .option("-q, --quiet", "print no progress and no notes")
    .option("--cloud", "work on AWS through the API, instead of this machine")
    .option(
      "--profile <name>",
      "the AWS profile whose credentials and region are used (default: as the AWS SDK finds them)",
    )
    .option("--region <region>", "the AWS region (default: the profile's, or AWS_REGION)")
    .option(
      "--endpoint-url <url>",
      "with --cloud: the API's address; for serve, deploy and destroy: that of AWS's services, as in LocalStack",
    )
    .helpOption("-h, --help", "show this help")
    .helpCommand("help [command]", "show the help of a command")
    .configureHelp({ showGlobalOptions: true, helpWidth: Math.min(110, process.stdout.columns || 100) })
    .exitOverride()
    .addHelpText("after", mainHelp);
  program.commandsGroup("Data:");
  addDataCommands(program);
  program.commandsGroup("Runs:");
  addRunCommands(program);
  addCompareCommands(program);
  program.commandsGroup("Sweeps:");
  addSweepCommands(program);
  program.commandsGroup("Checkpoints:");
  addCheckpointCommands(program);
  program.commandsGroup("Strategies and specs:");
  addStrategyCommands(program);
  program.commandsGroup("Models:");
  addModelCommands(program);
  program.commandsGroup("Service:");
  addServeCommand(program);
  program.commandsGroup("AWS:");
  addCloudCommands(program);
  return program;
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest
    ? String(manifest.version)
    : "unknown";
}

const mainHelp = `
Examples:
  backstitch data import sp500.csv --symbol SP500 --timeframe 1d --name sp500
  backstitch run sp500-sma.yaml                      compute, or answer from what exists
  backstitch run sp500-sma.yaml --set strategy.params.fast=20
  backstitch resume latest                           go on after Ctrl-C, a crash or a kill
  backstitch show latest
  backstitch report latest --open
  backstitch checkpoints ls latest

A run may be given by its id, the beginning of it, or "latest"; a checkpoint by 6 or more digits of
its id, or as RUN@SEQUENCE.
All state lies under BACKSTITCH_HOME (default: .backstitch in the current folder).
Exit codes: 0 done, 1 failed, 2 bad input, 130 interrupted.`;

import type { Command } from "commander";
import type { CloudFlags } from "./cloud-flags.ts";
import { openConsole } from "./console.ts";
import type { OutputFlags } from "./output-flags.ts";

/** `backstitch strategies …` and `backstitch schema`. */
export function addStrategyCommands(program: Command): void {
  const strategies = program
    .command("strategies")
    .description("ls, show: the built-in strategies and their parameters");

  strategies
    .command("ls")
    .description("list the built-in strategies")
    .action(async (_own, command: Command) => {
      const { listStrategies } = await import("./strategies/ls.ts");
      const flags = command.optsWithGlobals<CloudFlags & OutputFlags>();
      process.exitCode = await listStrategies(flags, openConsole(flags));
    });

  strategies
    .command("show <strategy>")
    .description("show a strategy's parameters with types, defaults and limits; a name, or a file of your own")
    .action(async (strategy: string, _own, command: Command) => {
      const { showStrategy } = await import("./strategies/show.ts");
      const flags = command.optsWithGlobals<CloudFlags & OutputFlags>();
      process.exitCode = await showStrategy(strategy, flags, openConsole(flags));
    });

  program
    .command("schema")
    .description("print the JSON Schema of a spec, for editors")
    .addHelpText("after", schemaHelp)
    .action(async (_own, command: Command) => {
      const { printSchema } = await import("./strategies/schema.ts");
      process.exitCode = printSchema(openConsole(command.optsWithGlobals<OutputFlags>()));
    });
}

const schemaHelp = `
Examples:
  backstitch schema > backstitch.schema.json
  then, as the first line of a spec:  # yaml-language-server: $schema=./backstitch.schema.json`;

import { availableParallelism } from "node:os";
import type { Command } from "commander";
import type { SweepStatus } from "../sweep/sweep-store.ts";
import type { CloudFlags } from "./cloud-flags.ts";
import { openConsole } from "./console.ts";
import { collect, momentText, oneOf, wholeNumber } from "./option-values.ts";
import type { OutputFlags } from "./output-flags.ts";
import type { ExportSweepFlags } from "./sweeps/export.ts";
import type { ListSweepsFlags } from "./sweeps/ls.ts";
import type { SweepFlags } from "./sweeps/run.ts";

/** `backstitch sweep`, and what one does with sweeps. */
export function addSweepCommands(program: Command): void {
  const sweep = program
    .command("sweep [spec]")
    .description("try many parameter sets over walk-forward windows, or answer from what exists")
    .option("--workers <n>", "how many threads compute (default: one for each processor)", wholeNumber(1))
    .option("--max-lanes <n>", "refuse more parameter sets than this (maxLanes)", wholeNumber(1))
    .option("--set <path=value>", "change a field of the spec; repeatable; an empty value removes the field", collect)
    .addHelpText("after", sweepHelp)
    .action(async (spec: string | undefined, _own, command: Command) => {
      if (spec === undefined) return command.help();
      const flags = command.optsWithGlobals<SweepFlags & OutputFlags>();
      await warmUp(flags);
      const { sweepSpec } = await import("./sweeps/run.ts");
      process.exitCode = await sweepSpec(spec, flags, openConsole(flags));
    });

  sweep
    .command("plan <spec>")
    .description("what a sweep would compute, and about how long it takes; computes nothing but a sample")
    .action(async (spec: string, _own, command: Command) => {
      const { planSweepFile } = await import("./sweeps/plan.ts");
      const flags = command.optsWithGlobals<SweepFlags & OutputFlags>();
      process.exitCode = await planSweepFile(spec, flags, openConsole(flags));
    });

  sweep
    .command("resume <sweep>")
    .description("go on with an interrupted, cancelled or failed sweep from what is done")
    .action(async (reference: string, _own, command: Command) => {
      const flags = command.optsWithGlobals<SweepFlags & OutputFlags>();
      await warmUp(flags);
      const { resumeSweep } = await import("./sweeps/run.ts");
      process.exitCode = await resumeSweep(reference, flags, openConsole(flags));
    });

  sweep
    .command("watch <sweep>")
    .description("show how far a sweep is that is computed elsewhere, until it ends; Ctrl-C leaves it alone")
    .action(async (reference: string, _own, command: Command) => {
      const { watchSweepOf } = await import("./sweeps/watch.ts");
      const flags = command.optsWithGlobals<CloudFlags & OutputFlags>();
      process.exitCode = await watchSweepOf(reference, flags, openConsole(flags));
    });

  sweep
    .command("show <sweep>")
    .description("show a sweep: its best parameters, windows, stitched record and overfitting figures")
    .action(async (reference: string, _own, command: Command) => {
      const { showSweep } = await import("./sweeps/show.ts");
      const flags = command.optsWithGlobals<CloudFlags & OutputFlags>();
      process.exitCode = await showSweep(reference, flags, openConsole(flags));
    });

  sweep
    .command("ls")
    .description("list the sweeps, newest first")
    .option("--strategy <name>", "only of this strategy")
    .option("--status <status>", `only with this status: ${sweepStatuses.join(", ")}`, oneOf(sweepStatuses))
    .option("--tag <tag>", "only with this tag")
    .option("--from <date>", "only those created at or after this date or time (UTC)", momentText)
    .option("--to <date>", "only those created up to this date or time (UTC; a date counts to its end)", momentText)
    .option("--metric <condition>", 'only those whose stitched record (or best lane) meets it, as in "sharpe > 1"')
    .option("--limit <n>", "how many", wholeNumber(1), 20)
    .option("--cursor <cursor>", "go on where a list before ended")
    .action(async (_own, command: Command) => {
      const { listSweeps } = await import("./sweeps/ls.ts");
      const flags = command.optsWithGlobals<ListSweepsFlags & OutputFlags>();
      process.exitCode = await listSweeps(flags, openConsole(flags));
    });

  sweep
    .command("cancel <sweep>")
    .description("make a sweep stop, whoever computes it; it can be resumed")
    .action(async (reference: string, _own, command: Command) => {
      const { cancelSweep } = await import("./sweeps/cancel.ts");
      const flags = command.optsWithGlobals<CloudFlags & OutputFlags>();
      process.exitCode = await cancelSweep(reference, flags, openConsole(flags));
    });

  sweep
    .command("export <sweep>")
    .description("write the table of lanes, or the stitched record's equity or trades, to a file")
    .option("--format <format>", "csv, json or parquet", oneOf(["csv", "json", "parquet"] as const), "csv")
    .option("--what <table>", "lanes, equity or trades", oneOf(["lanes", "equity", "trades"] as const), "lanes")
    .option("-o, --out <file>", "the file to write (default: SWEEP.FORMAT, SWEEP-equity.FORMAT, SWEEP-trades.FORMAT)")
    .action(async (reference: string, _own, command: Command) => {
      const { exportSweep } = await import("./sweeps/export.ts");
      const flags = command.optsWithGlobals<ExportSweepFlags & OutputFlags>();
      process.exitCode = await exportSweep(reference, flags, openConsole(flags));
    });

  sweep
    .command("rm <sweep>")
    .description("delete a sweep with its runs")
    .action(async (reference: string, _own, command: Command) => {
      const { removeSweepHere } = await import("./sweeps/rm.ts");
      const flags = command.optsWithGlobals<CloudFlags & OutputFlags>();
      process.exitCode = await removeSweepHere(reference, flags, openConsole(flags));
    });
}

const sweepStatuses = [
  "pending",
  "running",
  "cancelling",
  "cancelled",
  "failed",
  "completed",
  "partial",
] as const satisfies readonly SweepStatus[];

const sweepHelp = `
Ctrl-C and SIGTERM checkpoint every run at the end of its current chunk and print the command that
goes on; what is done is kept even after a kill. Parameter sets that any sweep has computed over the
same bars are not computed again.

Examples:
  backstitch sweep sp500-sweep.yaml
  backstitch sweep plan sp500-sweep.yaml
  backstitch sweep resume latest
  backstitch sweep export latest --format parquet
  backstitch sweep export latest --what equity`;

/** Workers load their code while this thread loads the command's and plans the sweep. */
async function warmUp({ cloud, workers = availableParallelism() }: SweepFlags): Promise<void> {
  if (cloud === true) return;
  const { warmUpSweepWorkers } = await import("../local/sweep-pool.ts");
  warmUpSweepWorkers(workers);
}

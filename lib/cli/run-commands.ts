import type { Command } from "commander";
import type { RunStatus } from "../run/run-store.ts";
import type { CloudFlags } from "./cloud-flags.ts";
import { openConsole } from "./console.ts";
import { ageMs, collect, momentText, oneOf, someOf, wholeNumber } from "./option-values.ts";
import type { OutputFlags } from "./output-flags.ts";
import type { CancelFlags } from "./runs/cancel.ts";
import type { ExportRunFlags } from "./runs/export.ts";
import type { ExtendFlags } from "./runs/extend.ts";
import type { ListRunsFlags } from "./runs/ls.ts";
import type { ReportFlags } from "./runs/report.ts";
import type { ResumeFlags } from "./runs/resume.ts";
import type { RunFlags } from "./runs/run.ts";

/** The statuses that lists can be filtered by. */
export const runStatuses = [
  "queued",
  "running",
  "cancelling",
  "cancelled",
  "failed",
  "resuming",
  "completed",
] as const satisfies readonly RunStatus[];

/** `backstitch run`, and what one does with runs. */
export function addRunCommands(program: Command): void {
  program
    .command("run <spec>")
    .description("run a spec (YAML or JSON); an equal run that exists is answered from its result, or resumed")
    .option(
      "--segment-bars <n>",
      "checkpoint after this many bars (checkpoint.everyBars); the result does not depend on it",
      wholeNumber(1),
    )
    .option("--set <path=value>", "change a field of the spec; repeatable; an empty value removes the field", collect)
    .option("--fresh", "compute even if an equal run exists, and compare the result digests")
    .option("--detach", "with --cloud: start it and do not watch it")
    .addHelpText("after", runHelp)
    .action(async (spec: string, _own, command: Command) => {
      const flags = command.optsWithGlobals<RunFlags & OutputFlags>();
      if (flags.cloud !== true) await warmUp();
      const { runSpec } = await import("./runs/run.ts");
      process.exitCode = await runSpec(spec, flags, openConsole(flags));
    });

  program
    .command("resume <run>")
    .description("go on with an interrupted, cancelled or failed run from its last checkpoint")
    .option(
      "--how <way>",
      "with --cloud: redrive the failed execution, start a new execution, or auto: redrive where it can",
      oneOf(["auto", "execution", "redrive"] as const),
      "auto",
    )
    .option("--detach", "with --cloud: start it and do not watch it")
    .action(async (run: string, _own, command: Command) => {
      const flags = command.optsWithGlobals<ResumeFlags & OutputFlags>();
      if (flags.cloud !== true) await warmUp();
      const { resumeRun } = await import("./runs/resume.ts");
      process.exitCode = await resumeRun(run, flags, openConsole(flags));
    });

  program
    .command("watch <run>")
    .description("show how far a run is that is computed elsewhere, until it ends; Ctrl-C leaves it alone")
    .action(async (run: string, _own, command: Command) => {
      const flags = command.optsWithGlobals<CloudFlags & OutputFlags>();
      const { watch } = await import("./runs/watch.ts");
      process.exitCode = await watch(run, flags, openConsole(flags));
    });

  program
    .command("cancel <run>")
    .description("make a run checkpoint and stop, whoever computes it; it can be resumed")
    .option("--wait <age>", "how long to wait for its worker to stop", ageMs, 60_000)
    .option("--force", "with --cloud: stop its execution without waiting for a checkpoint")
    .action(async (run: string, _own, command: Command) => {
      const flags = command.optsWithGlobals<CancelFlags & OutputFlags>();
      const { cancelRun } = await import("./runs/cancel.ts");
      process.exitCode = await cancelRun(run, flags, openConsole(flags));
    });

  addFilters(program.command("ls").description("list the runs, newest first"), "created")
    .option("--tag <tag>", "only runs with this tag in their spec")
    .option("--metric <condition>", 'only completed runs with a lane that meets it, as in "sharpe > 1 and fills < 100"')
    .option("--limit <n>", "how many", wholeNumber(1), 20)
    .option("--cursor <cursor>", "go on where a list before ended")
    .action(async (_own, command: Command) => {
      const flags = command.optsWithGlobals<ListRunsFlags & OutputFlags>();
      const { listRuns } = await import("./runs/ls.ts");
      process.exitCode = await listRuns(flags, openConsole(flags));
    });

  program
    .command("show <run>")
    .description("show a run: its result, its last trades, where it stands, and its history")
    .action(async (run: string, _own, command: Command) => {
      const { showRun } = await import("./runs/show.ts");
      const flags = command.optsWithGlobals<CloudFlags & OutputFlags>();
      process.exitCode = await showRun(run, flags, openConsole(flags));
    });

  program
    .command("extend <run>")
    .description("go on from a run's last checkpoint over appended bars; the result equals a run over all of them")
    .option("--data <snapshot>", "the snapshot with the new bars (default: what the run's snapshot name means now)")
    .option("--set <path=value>", "change a field of the spec, as in data.to=2024-12-31; repeatable", collect)
    .action(async (run: string, _own, command: Command) => {
      const flags = command.optsWithGlobals<ExtendFlags & OutputFlags>();
      const { extend } = await import("./runs/extend.ts");
      process.exitCode = await extend(run, flags, openConsole(flags));
    });

  program
    .command("export <run>")
    .description("write trades, fills, order events and the equity curve to files")
    .option("--format <format>", "csv, json or parquet", oneOf(["csv", "json", "parquet"] as const), "csv")
    .option("-o, --out <folder>", "where to (default: a folder named after the run)")
    .option("--lane <n>", "only this lane, counted from 0", wholeNumber(0))
    .option(
      "--what <kinds>",
      "some of trades, fills, orders, equity",
      someOf(["trades", "fills", "orders", "equity"] as const),
    )
    .addHelpText("after", exportHelp)
    .action(async (run: string, _own, command: Command) => {
      const flags = command.optsWithGlobals<ExportRunFlags & OutputFlags>();
      const { exportRun } = await import("./runs/export.ts");
      process.exitCode = await exportRun(run, flags, openConsole(flags));
    });

  program
    .command("report <run>")
    .description("write a report of a run or a sweep as one self-contained HTML file")
    .option("--lane <n>", "the lane to report, counted from 0", wholeNumber(0), 0)
    .option("-o, --out <file>", "the file to write (default: RUN.html in the current folder)")
    .option("--open", "open it in the browser")
    .action(async (run: string, _own, command: Command) => {
      const flags = command.optsWithGlobals<ReportFlags & OutputFlags>();
      const { reportRun } = await import("./runs/report.ts");
      process.exitCode = await reportRun(run, flags, openConsole(flags));
    });

  program
    .command("rm <runs...>")
    .description("delete runs with their checkpoints; `checkpoints gc` then frees what only they used")
    .action(async (runs: readonly string[], _own, command: Command) => {
      const { removeRuns } = await import("./runs/rm.ts");
      const flags = command.optsWithGlobals<CloudFlags & OutputFlags>();
      process.exitCode = await removeRuns(runs, flags, openConsole(flags));
    });
}

/** The filters that lists of runs and of checkpoints share; `done` says what the dates are those of. */
export function addFilters(command: Command, done: "created" | "saved"): Command {
  return command
    .option("--strategy <name>", "only of runs of this strategy")
    .option("--status <status>", `only of runs with this status: ${runStatuses.join(", ")}`, oneOf(runStatuses))
    .option("--from <date>", `only those ${done} at or after this date or time (UTC)`, momentText)
    .option("--to <date>", `only those ${done} up to this date or time (UTC; a date counts to its end)`, momentText);
}

const runHelp = `
Ctrl-C and SIGTERM checkpoint at the end of the current chunk of bars and print the command that
goes on; a second Ctrl-C kills at once.

Examples:
  backstitch run sp500-sma.yaml
  backstitch run sp500-sma.yaml --segment-bars 500
  backstitch run sp500-sma.yaml --set strategy.params.fast=20 --set account.cash=50000
  backstitch run sp500-sma.yaml --set 'execution.commission={ kind: fixed, amount: 5 }'
  backstitch run sp500-sma.yaml --fresh              compute again and compare
  backstitch run sp500-sma.yaml --json | jq .lanes[0].metrics.sharpe`;

const exportHelp = `
Amounts and quantities are exact decimals in CSV and JSON, DECIMAL(38, 8) in Parquet; prices and
equity are float64. Times are ISO 8601 in UTC with the milliseconds beside them, in Parquet timestamps.

Examples:
  backstitch export latest --format csv
  backstitch export latest --format parquet --what trades,equity --out results/`;

/** The worker loads its code while this thread loads the command's and plans the run. */
async function warmUp(): Promise<void> {
  const { warmUpWorker } = await import("../local/execute-run.ts");
  warmUpWorker();
}

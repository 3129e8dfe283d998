import type { Command } from "commander";
import type { DiffFlags } from "./checkpoints/diff.ts";
import type { ForkFlags } from "./checkpoints/fork.ts";
import type { CollectFlags } from "./checkpoints/gc.ts";
import type { ListCheckpointsFlags } from "./checkpoints/ls.ts";
import type { CloudFlags } from "./cloud-flags.ts";
import { openConsole } from "./console.ts";
import { ageMs, collect, wholeNumber } from "./option-values.ts";
import type { OutputFlags } from "./output-flags.ts";
import { addFilters } from "./run-commands.ts";

/** `backstitch checkpoints …`. */
export function addCheckpointCommands(program: Command): void {
  const checkpoints = program
    .command("checkpoints")
    .description("ls, show, verify, diff, fork, rm, gc: the states that runs go on from")
    .addHelpText("after", checkpointsHelp);

  addFilters(
    checkpoints.command("ls [run]").description("list the checkpoints of a run, or of all runs that match"),
    "saved",
  )
    .option("--limit <n>", "look at no more than the newest n runs", wholeNumber(1), 100)
    .action(async (run: string | undefined, _own, command: Command) => {
      const flags = command.optsWithGlobals<ListCheckpointsFlags & OutputFlags>();
      const { listCheckpoints } = await import("./checkpoints/ls.ts");
      process.exitCode = await listCheckpoints(run, flags, openConsole(flags));
    });

  checkpoints
    .command("show <checkpoint>")
    .description("show the state in a checkpoint: cash, positions, waiting orders, columns; all of it with --json")
    .action(async (checkpoint: string, _own, command: Command) => {
      const { showCheckpoint } = await import("./checkpoints/show.ts");
      const flags = command.optsWithGlobals<CloudFlags & OutputFlags>();
      process.exitCode = await showCheckpoint(checkpoint, flags, openConsole(flags));
    });

  checkpoints
    .command("verify <run>")
    .description(
      "read back a run's chain of checkpoints, its parts and its result, and name what is damaged or missing",
    )
    .action(async (run: string, _own, command: Command) => {
      const { verifyCheckpoints } = await import("./checkpoints/verify.ts");
      const flags = command.optsWithGlobals<CloudFlags & OutputFlags>();
      process.exitCode = await verifyCheckpoints(run, flags, openConsole(flags));
    });

  checkpoints
    .command("diff <a> <b>")
    .description("compare two checkpoints field by field")
    .option("--limit <n>", "show at most this many differences", wholeNumber(1), 100)
    .action(async (a: string, b: string, _own, command: Command) => {
      const flags = command.optsWithGlobals<DiffFlags & OutputFlags>();
      const { diffCheckpoints } = await import("./checkpoints/diff.ts");
      process.exitCode = await diffCheckpoints(a, b, flags, openConsole(flags));
    });

  checkpoints
    .command("fork <checkpoint>")
    .description(
      "start a new run from a checkpoint, with a changed spec for what-if, or as it is to repeat what came after",
    )
    .option("--set <path=value>", "change a field of the spec; repeatable", collect)
    .option("--name <name>", "the new run's name")
    .option("--no-run", "only create the run; `resume` computes it")
    .action(async (checkpoint: string, _own, command: Command) => {
      const flags = command.optsWithGlobals<ForkFlags & OutputFlags>();
      const { forkCheckpoint } = await import("./checkpoints/fork.ts");
      process.exitCode = await forkCheckpoint(checkpoint, flags, openConsole(flags));
    });

  checkpoints
    .command("rm <checkpoints...>")
    .description("remove checkpoints; a run's newest and those that another run starts from stay")
    .action(async (references: readonly string[], _own, command: Command) => {
      const { removeCheckpoints } = await import("./checkpoints/rm.ts");
      const flags = command.optsWithGlobals<CloudFlags & OutputFlags>();
      process.exitCode = await removeCheckpoints(references, flags, openConsole(flags));
    });

  checkpoints
    .command("gc")
    .description("remove old checkpoints of all runs, and files that nothing refers to any more")
    .option("--keep <k>", "keep each run's newest k", wholeNumber(1), 3)
    .option("--older-than <age>", "remove only those older than this: 30d, 12h", ageMs, 0)
    .option("--dry-run", "only say what would be removed")
    .action(async (_own, command: Command) => {
      const flags = command.optsWithGlobals<CollectFlags & OutputFlags>();
      const { collectGarbage } = await import("./checkpoints/gc.ts");
      process.exitCode = await collectGarbage(flags, openConsole(flags));
    });
}

const checkpointsHelp = `
Examples:
  backstitch checkpoints ls latest
  backstitch checkpoints ls --strategy sma-cross --status failed --from 2026-01-01
  backstitch checkpoints show 3f9a2c
  backstitch checkpoints verify latest
  backstitch checkpoints diff sp500-sma-1b2c@3 sp500-sma-1b2c@4
  backstitch checkpoints fork 3f9a2c --set strategy.params.fast=20
  backstitch checkpoints gc --keep 3 --older-than 30d --dry-run`;

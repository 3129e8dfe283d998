import { tellFailure } from "./failure.ts";
import { buildProgram } from "./program.ts";

/** Runs one command line (without the program's own name) and sets the exit code of the process. */
export async function main(args: readonly string[]): Promise<void> {
  dieQuietlyWithTheReader();
  try {
    await buildProgram().parseAsync(withHelp(args), { from: "user" });
  } catch (error) {
    process.exitCode = tellFailure(error, args.includes("--json"));
  }
}

/** Nothing at all, or a group without its command, asks for help. */
function withHelp(args: readonly string[]): readonly string[] {
  const only = args.filter((arg) => !arg.startsWith("-"));
  const isGroup = only.length === 1 && ["data", "checkpoints", "strategies"].includes(only[0] ?? "");
  return args.length === 0 || isGroup ? [...args, "--help"] : args;
}

/** `backstitch ls | head` closes the pipe early: that is no failure of the command. On stderr it must not end a run. */
function dieQuietlyWithTheReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

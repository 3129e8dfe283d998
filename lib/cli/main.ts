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

/** No command, or a group without its own, asks for help. */
function withHelp(args: readonly string[]): readonly string[] {
  const [command, ...others] = args.filter((arg) => !arg.startsWith("-"));
  const isGroup = others.length === 0 && ["data", "checkpoints", "strategies"].includes(command ?? "");
  const isNothing = args.every((arg) => ["--json", "-q", "--quiet"].includes(arg));
  return isNothing || isGroup ? [...args, "--help"] : args;
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

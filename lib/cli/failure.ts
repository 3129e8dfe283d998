import { CommanderError } from "commander";
import { InputError } from "../engine/input-error.ts";
import type { ExitCode } from "./console.ts";

/** Tells what went wrong, on stderr and with --json on stdout too, and returns the exit code. */
export function tellFailure(error: unknown, isJson: boolean): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const name = error instanceof CommanderError ? "UsageError" : error instanceof Error ? error.name : "Error";
  const message = error instanceof Error ? error.message : String(error);
  // Commander has written its own message already.
  if (!(error instanceof CommanderError))
    process.stderr.write(`${isUnexpected(error) ? stackOf(error) : `${name}: ${message}`}\n`);
  if (isJson)
    process.stdout.write(`${JSON.stringify({ error: { name, message: message.replace(/^error: /, "") } }, null, 2)}\n`);
  return error instanceof CommanderError || error instanceof InputError ? 2 : 1;
}

/** Names of errors that no part of this project throws on purpose. */
const builtIn = [
  "Error",
  "TypeError",
  "RangeError",
  "SyntaxError",
  "ReferenceError",
  "EvalError",
  "URIError",
  "AggregateError",
  "AssertionError",
];

function isUnexpected(error: unknown): boolean {
  return !(error instanceof Error) || (builtIn.includes(error.name) && !(error instanceof InputError));
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return `Error: ${String(error)}`;
  return `${error.stack ?? `${error.name}: ${error.message}`}\nThis is a fault of backstitch or of a strategy file. What was saved before is whole.`;
}

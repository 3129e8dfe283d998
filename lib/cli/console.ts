import type { CloudFlags } from "./cloud-flags.ts";
import type { OutputFlags } from "./output-flags.ts";

/** How a command ends: done, failed, bad input, interrupted. */
export type ExitCode = 0 | 1 | 2 | 130;

/** Where a command speaks: its one answer goes to stdout, everything said on the way to stderr. */
export type Console = {
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  /** The answer: the document with --json, else the text. Called once. */
  answer(document: unknown, text: string): void;
  /** A remark on the way; not said with --quiet. */
  note(text: string): void;
  /** Something that must be seen, whatever the flags. */
  warn(text: string): void;
  /** A command to type next, "backstitch show ID", with the flags that send it to the same place. */
  hint(command: string): string;
};

export function openConsole(flags: OutputFlags & CloudFlags): Console {
  const place = placeFlags(flags);
  const { json: isJson = false, quiet: isQuiet = false } = flags;
  return {
    isJson,
    isQuiet,
    answer: (document, text) => {
      process.stdout.write(isJson ? `${JSON.stringify(document, null, 2)}\n` : `${text}\n`);
    },
    note: (text) => {
      if (!isQuiet) process.stderr.write(`${text}\n`);
    },
    warn: (text) => {
      process.stderr.write(`${text}\n`);
    },
    hint: (command) => command + place,
  };
}

function placeFlags({ cloud, profile, region, endpointUrl }: CloudFlags): string {
  if (cloud !== true) return "";
  const given = { profile, region, "endpoint-url": endpointUrl };
  return Object.entries(given).reduce(
    (text, [name, value]) => (value === undefined ? text : `${text} --${name} ${value}`),
    " --cloud",
  );
}

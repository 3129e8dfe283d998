import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Why a module could not be loaded, for the one who wrote it: what is wrong, in which file and line where that is known, and what to do. */
export function loadFailure(file: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  const place = error instanceof Error ? placeOf(error) : undefined;
  const where =
    place === undefined ? "" : ` (${place.file === file ? "" : `${place.file}, `}line ${place.line}${quoted(place)})`;
  const todo = adviceOn(error);
  return `Strategy file ${file} could not be loaded: ${reason}${where}.${todo === undefined ? "" : ` ${todo}`}`;
}

/** Where this package's code is; of its own frames nothing is told. */
const ownFolder = fileURLToPath(new URL("../", import.meta.url));

type Place = { readonly file: string; readonly line: number };

/** The first place in a file of the user's own that the error's stack names: Node puts the line of a syntax error before everything else. */
function placeOf({ stack = "" }: Error): Place | undefined {
  for (const [, path = "", line] of stack.matchAll(/((?:file:\/\/)?\/[^\s():?]+\.[mc]?[jt]s)(?:\?[^\s:]*)?:(\d+)/g)) {
    const file = path.startsWith("file:") ? fileURLToPath(path) : path;
    if (!file.includes("/node_modules/") && !file.startsWith(ownFolder) && existsSync(file))
      return { file, line: Number(line) };
  }
  return undefined;
}

function quoted({ file, line }: Place): string {
  const text = readFileSync(file, "utf8").split("\n")[line - 1]?.trim() ?? "";
  return text === "" ? "" : `: ${text.length > 100 ? `${text.slice(0, 100)}…` : text}`;
}

function adviceOn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && error.code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX")
    return "Types are left out when it runs, so that enums, namespaces and parameter properties have no meaning: use a union of texts, a module or a plain field.";
  if ("code" in error && error.code === "ERR_MODULE_NOT_FOUND")
    return "Install what it imports beside the strategy, or leave the import out.";
  return error.name === "SyntaxError"
    ? "Correct that line; `backstitch strategies show FILE` tells when the file can be loaded."
    : undefined;
}

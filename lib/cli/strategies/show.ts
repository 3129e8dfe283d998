import { resolve } from "node:path";
import { strategyDocument } from "../../report/strategy-document.ts";
import { builtInStrategies } from "../../strategies/built-in.ts";
import { builtInStrategy, loadStrategyFile } from "../../strategies/load-strategy.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { remoteFor } from "../place.ts";
import { left, textTable } from "../text-table.ts";

/** `strategies show`: a built-in by name, or a file; on the cloud any that was deployed, by name. */
export async function showStrategy(reference: string, flags: CloudFlags, console: Console): Promise<ExitCode> {
  const remote = await remoteFor(flags);
  const isFile = remote === undefined && !builtInStrategies.has(reference) && /[/\\]|\.[cm]?[jt]s$/.test(reference);
  const document =
    remote === undefined ? await describeHere(reference, isFile) : await remote.strategies.get(reference);
  const rows = document.parameters.map(({ name, type, default: value, required, limits, description }) => [
    name,
    type,
    required ? "required" : JSON.stringify(value),
    limits.join(", "),
    description,
  ]);
  const columns = [left("PARAMETER"), left("TYPE"), left("DEFAULT"), left("LIMITS"), left("MEANING")];
  const params = document.parameters
    .filter(({ required, default: value }) => required || value !== null)
    .map(({ name, required, default: value }) => `${name}: ${required ? "…" : JSON.stringify(value)}`)
    .join(", ");
  const use = isFile ? `file: ${reference}` : `name: ${document.name}`;
  const text = [
    `${document.name}: ${document.description === "" ? "no description" : document.description}`,
    "",
    rows.length === 0 ? "It has no parameters." : textTable(columns, rows),
    "",
    `In a spec:  strategy: { ${use}${params === "" ? "" : `, params: { ${params} }`} }`,
  ];
  console.answer(document, text.join("\n"));
  return 0;
}

async function describeHere(reference: string, isFile: boolean) {
  const { strategy, digest } = isFile ? await loadStrategyFile(resolve(reference)) : builtInStrategy(reference);
  return { ...strategyDocument(strategy), digest };
}

import { resolve } from "node:path";
import { strategyDocument } from "../../report/strategy-document.ts";
import { builtInStrategies } from "../../strategies/built-in.ts";
import { builtInStrategy, loadStrategyFile } from "../../strategies/load-strategy.ts";
import type { Console, ExitCode } from "../console.ts";
import { left, textTable } from "../text-table.ts";

/** `strategies show`: a built-in by name, or a file. */
export async function showStrategy(reference: string, console: Console): Promise<ExitCode> {
  const isFile = !builtInStrategies.has(reference) && /[/\\]|\.[cm]?[jt]s$/.test(reference);
  const { strategy } = isFile ? await loadStrategyFile(resolve(reference)) : builtInStrategy(reference);
  const document = strategyDocument(strategy);
  const rows = document.parameters.map(({ name, type, default: value, required, limits, description }) => [
    name,
    type,
    required ? "required" : JSON.stringify(value),
    limits.join(", "),
    description,
  ]);
  const columns = [left("PARAMETER"), left("TYPE"), left("DEFAULT"), left("LIMITS"), left("MEANING")];
  const params = document.parameters.map(({ name, default: value }) => `${name}: ${JSON.stringify(value)}`).join(", ");
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

import { strategyDocument } from "../../report/strategy-document.ts";
import { builtInStrategies } from "../../strategies/built-in.ts";
import type { Console, ExitCode } from "../console.ts";
import { left, textTable } from "../text-table.ts";

/** `strategies ls`: the built-in ones. */
export function listStrategies(console: Console): ExitCode {
  const strategies = [...builtInStrategies.values()].map(strategyDocument);
  const rows = strategies.map(({ name, parameters, description }) => [
    name,
    parameters.map((parameter) => parameter.name).join(", "),
    description,
  ]);
  const text = textTable([left("STRATEGY"), left("PARAMETERS"), left("DESCRIPTION")], rows);
  console.answer(
    { strategies },
    `${text}\n\nTypes, defaults and limits: backstitch strategies show NAME. One of your own: strategy: { file: ./mine.ts }`,
  );
  return 0;
}

import { strategyDocument } from "../../report/strategy-document.ts";
import { builtInStrategies } from "../../strategies/built-in.ts";
import { builtInStrategy } from "../../strategies/load-strategy.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { remoteFor } from "../place.ts";
import { left, textTable } from "../text-table.ts";

/** `strategies ls`: the built-in ones, and on the cloud those that were deployed. */
export async function listStrategies(flags: CloudFlags, console: Console): Promise<ExitCode> {
  const remote = await remoteFor(flags);
  const strategies = remote === undefined ? builtIn() : await remote.strategies.list();
  const rows = strategies.map(({ name, parameters, description }) => [
    name,
    parameters.map((parameter) => parameter.name).join(", "),
    description,
  ]);
  const text = textTable([left("STRATEGY"), left("PARAMETERS"), left("DESCRIPTION")], rows);
  const own =
    remote === undefined
      ? "One of your own: strategy: { file: ./mine.ts }"
      : "One of your own: backstitch deploy --strategies FOLDER";
  const more = console.hint("backstitch strategies show NAME");
  console.answer({ strategies }, `${text}\n\nTypes, defaults and limits: ${more}. ${own}`);
  return 0;
}

function builtIn() {
  return [...builtInStrategies.keys()].map((name) => {
    const { strategy, digest } = builtInStrategy(name);
    return { ...strategyDocument(strategy), digest };
  });
}

import type { z } from "zod";
import { closest } from "../engine/closest.ts";
import type { Column } from "../engine/columns.ts";
import { InputError } from "../engine/input-error.ts";
import { averageIndicators } from "./indicators/averages.ts";
import { channelIndicators } from "./indicators/channels.ts";
import type { IndicatorEntry } from "./indicators/entry.ts";
import { oscillatorIndicators } from "./indicators/oscillators.ts";
import { trendIndicators } from "./indicators/trends.ts";
import { volumeIndicators } from "./indicators/volumes.ts";

/** An indicator that a strategy names: its output series by name, the first one being meant where none is named. */
export type Indicator = { readonly outputs: { readonly [name: string]: Column } };

/** A strategy's indicator that cannot be built: of an unknown type, or with a parameter that its type does not have or allow. */
export class IndicatorError extends InputError {
  override readonly name = "IndicatorError";
}

const entries: { readonly [type: string]: IndicatorEntry } = {
  ...averageIndicators,
  ...channelIndicators,
  ...oscillatorIndicators,
  ...trendIndicators,
  ...volumeIndicators,
};

/** Every indicator type of the strategy grammar, by its first name. */
export const indicatorTypes: readonly string[] = Object.keys(entries);

const byPlainName = new Map(
  Object.entries(entries).flatMap(([type, entry]) =>
    [type, ...entry.aliases].map((name): [string, { type: string; entry: IndicatorEntry }] => [
      plainName(name),
      { type, entry },
    ]),
  ),
);

/** The indicator of a type and its parameters, defaults filled in. `where` names it in messages. Throws IndicatorError. */
export function buildIndicator(type: string, params: { readonly [name: string]: unknown }, where: string): Indicator {
  const known = byPlainName.get(plainName(type));
  if (known === undefined) {
    throw new IndicatorError(
      `${where}: unknown indicator type "${type}"${suggestion(type, indicatorTypes) || "."} Known are ${indicatorTypes.join(", ")}.`,
    );
  }
  const parsed = known.entry.params.safeParse(params);
  if (!parsed.success)
    throw new IndicatorError(describe(where, known.type, { params, schema: known.entry.params, error: parsed.error }));
  return { outputs: known.entry.build(parsed.data) };
}

type Refused = {
  readonly params: { readonly [name: string]: unknown };
  readonly schema: z.ZodObject;
  readonly error: z.ZodError;
};

function describe(where: string, type: string, { params, schema, error }: Refused): string {
  const known = Object.keys(schema.shape);
  const faults = error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => `has no parameter "${key}"${suggestion(key, known)}`);
    const name = issue.path.map(String).join(".");
    const found = JSON.stringify(params[name] ?? null);
    return [
      `expects its parameter "${name}" to be ${issue.message.replace(/^Invalid (input|option): expected /, "").replace(/, received .*$/, "")}, found ${found}`,
    ];
  });
  const list = known.length === 0 ? "It takes no parameters." : `Its parameters are ${known.join(", ")}.`;
  const text = faults.join("; ");
  return `${where}: indicator type "${type}" ${text}${text.endsWith("?") ? "" : "."} ${list}`;
}

function suggestion(word: string, candidates: readonly string[]): string {
  const near = closest(word, candidates);
  return near === undefined ? "" : `; did you mean "${near}"?`;
}

/** Names are compared without case and separators, so that BollingerBands is bollinger_bands. */
function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

import { closest } from "../engine/closest.ts";
import { InputError } from "../engine/input-error.ts";
import type { FeatureGrammar } from "./feature-grammar.ts";
import type { Indicator } from "./indicator-catalogue.ts";

/** A strategy whose features cannot be built as written; the message names the place. */
export class FeatureGrammarError extends InputError {
  override readonly name = "FeatureGrammarError";
}

/** Refuses references to indicators, outputs, fuzzy sets and timeframes that the grammar does not have, with the nearest name. Throws FeatureGrammarError. */
export function requireReferences(grammar: FeatureGrammar, where: string): void {
  const { indicators, fuzzySets, timeframes, inputs } = grammar;
  for (const [name, set] of fuzzySets)
    requireOutput(indicators, set.indicator, `${where}: fuzzy_sets.${name}.indicator`);
  for (const [i, input] of inputs.entries()) {
    const place = `${where}: nn_inputs[${i}]`;
    if (input.kind === "raw") requireOutput(indicators, input.indicator, `${place}.raw_indicator`);
    else if (!fuzzySets.has(input.fuzzySet))
      throw unknownName(`${place}.fuzzy_set`, input.fuzzySet, [...fuzzySets.keys()]);
    for (const timeframe of input.timeframes === "all" ? [] : input.timeframes)
      if (!timeframes.includes(timeframe)) throw unknownName(`${place}.timeframes`, timeframe, timeframes);
  }
}

function requireOutput(indicators: ReadonlyMap<string, Indicator>, reference: string, where: string): void {
  const { indicator, output } = splitReference(reference);
  const known = indicators.get(indicator);
  if (known === undefined) throw unknownName(where, indicator, [...indicators.keys()]);
  const outputs = Object.keys(known.outputs);
  if (output !== undefined && !outputs.includes(output))
    throw unknownName(
      where,
      reference,
      outputs.map((name) => `${indicator}.${name}`),
    );
}

/** The indicator and the output that "bb.middle" or "rsi_14" names; the latter means the first output. */
export function splitReference(reference: string): { readonly indicator: string; readonly output: string | undefined } {
  const dot = reference.indexOf(".");
  return dot < 0
    ? { indicator: reference, output: undefined }
    : { indicator: reference.slice(0, dot), output: reference.slice(dot + 1) };
}

function unknownName(where: string, found: string, known: readonly string[]): FeatureGrammarError {
  if (known.length === 0)
    return new FeatureGrammarError(`${where}: found "${found}", but the document defines none. Define it.`);
  const near = closest(found, known);
  const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
  return new FeatureGrammarError(
    `${where}: expected one of ${known.join(", ")}, found "${found}".${hint} Correct the name.`,
  );
}

import type { Column } from "../engine/columns.ts";
import { InputError } from "../engine/input-error.ts";
import { type Timeframe, timeframeMs } from "../engine/timeframe.ts";
import type { FeatureGrammar, NormalisationMethod } from "./feature-grammar.ts";
import { type FeaturePlace, featurePlaces } from "./feature-names.ts";
import { splitReference } from "./feature-references.ts";
import { onHigherTimeframe } from "./higher-timeframe.ts";
import { membershipColumn } from "./membership.ts";
import { type Normalisation, normalisedColumn } from "./normalisation.ts";

/** One input of a model: its canonical name, and its value at each base bar; NaN is missing. */
export type Feature = { readonly name: string; readonly column: Column };

/** Figures of the training data by feature name: a raw feature that asks for them needs its own. */
export type NormalisationFigures = { readonly [feature: string]: Normalisation };

/** A feature that cannot be computed: a timeframe that does not fit, or figures that are missing or of another method. */
export class FeatureError extends InputError {
  override readonly name = "FeatureError";
}

/** The features of a strategy in their canonical order, for base bars of the grammar's base timeframe. Throws FeatureError. */
export function featureColumns(grammar: FeatureGrammar, figures: NormalisationFigures): readonly Feature[] {
  const places = canonicalFeatures(grammar);
  requireWanted(figures, grammar, places);
  const columns = new Map<string, Column>();
  for (const timeframe of new Set(places.map((place) => place.timeframe))) {
    const here = places.filter((place) => place.timeframe === timeframe);
    const own = here.map((place) => ownColumn(grammar, place, figures));
    const visible = timeframe === grammar.base ? own : onHigherTimeframe(own, higher(grammar.base, timeframe));
    for (const [i, place] of here.entries()) columns.set(place.name, visible[i]);
  }
  return places.map(({ name }) => ({ name, column: required(columns, name) }));
}

/** A grammar's features in their canonical order. Throws FeatureError when two have one name. */
export function canonicalFeatures(grammar: FeatureGrammar): readonly FeaturePlace[] {
  const places = featurePlaces(grammar.inputs, grammar.timeframes, (fuzzySet) => [
    ...(grammar.fuzzySets.get(fuzzySet)?.memberships.keys() ?? []),
  ]);
  const seen = new Set<string>();
  for (const { name } of places) {
    if (seen.has(name))
      throw new FeatureError(`Feature "${name}" is listed twice in nn_inputs. List each input once, or rename one.`);
    seen.add(name);
  }
  return places;
}

/** The feature on the bars of its own timeframe. */
function ownColumn(grammar: FeatureGrammar, place: FeaturePlace, figures: NormalisationFigures): Column {
  if (place.kind === "raw") {
    const input = outputOf(grammar, place.indicator);
    return normalisedColumn(figuresOf(grammar, place, figures), input);
  }
  const set = required(grammar.fuzzySets, place.fuzzySet);
  return membershipColumn(required(set.memberships, place.membership), outputOf(grammar, set.indicator));
}

function outputOf(grammar: FeatureGrammar, reference: string): Column {
  const { indicator, output } = splitReference(reference);
  const { outputs } = required(grammar.indicators, indicator);
  return outputs[output ?? Object.keys(outputs)[0]];
}

/** How a raw feature is normalised, as its input says. */
export function normalisationMethod(
  grammar: FeatureGrammar,
  place: FeaturePlace & { kind: "raw" },
): NormalisationMethod {
  const input = grammar.inputs.findIndex(
    (one) =>
      one.kind === "raw" &&
      one.indicator === place.indicator &&
      (one.timeframes === "all" || one.timeframes.includes(place.timeframe)),
  );
  return grammar.normalisations[input] ?? "none";
}

function figuresOf(
  grammar: FeatureGrammar,
  place: FeaturePlace & { kind: "raw" },
  figures: NormalisationFigures,
): Normalisation {
  const method = normalisationMethod(grammar, place);
  if (method === "none") return { method };
  const stored = Object.hasOwn(figures, place.name) ? figures[place.name] : undefined;
  if (stored?.method === method) return stored;
  throw new FeatureError(
    `Feature "${place.name}" expects the model's ${method} figures of its training data, found ${stored === undefined ? "none" : `figures for ${stored.method}`}. Export the model with its normalisation figures.`,
  );
}

/** Figures that no feature asks for would be left aside in silence, though the model was trained with them. */
function requireWanted(figures: NormalisationFigures, grammar: FeatureGrammar, places: readonly FeaturePlace[]): void {
  for (const [name, { method }] of Object.entries(figures)) {
    const place = places.find((one) => one.name === name);
    const wanted = place?.kind === "raw" ? normalisationMethod(grammar, place) : undefined;
    if (wanted === method || (wanted !== undefined && wanted !== "none")) continue;
    const found =
      place === undefined
        ? "no such feature"
        : `${place.kind === "raw" ? "a raw feature without normalization" : "a fuzzy feature, which has none"}`;
    throw new FeatureError(
      `The model has ${method} figures for "${name}", and in nn_inputs there is ${found}. Correct nn_inputs, or take the figures out of the model's normalisation.`,
    );
  }
}

function higher(base: Timeframe, timeframe: Timeframe): { readonly base: Timeframe; readonly higher: Timeframe } {
  const baseMs = Number(timeframeMs(base));
  const ms = Number(timeframeMs(timeframe));
  const isMultiple = ms > baseMs && (ms % baseMs === 0 || timeframe.endsWith("M"));
  if (isMultiple) return { base, higher: timeframe };
  throw new FeatureError(
    `Timeframe ${timeframe} is not a multiple of the base timeframe ${base}, so that its bars cannot be built. Choose a shorter base.`,
  );
}

function required<T>(map: ReadonlyMap<string, T>, key: string): T {
  const value = map.get(key);
  if (value === undefined) throw new RangeError(`"${key}" is missing: the grammar was not parsed.`);
  return value;
}

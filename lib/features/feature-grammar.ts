import { z } from "zod";
import { closest } from "../engine/closest.ts";
import { faultSentence, fieldFaults } from "../engine/field-faults.ts";
import { type Timeframe, timeframeMs } from "../engine/timeframe.ts";
import type { FeatureInput } from "./feature-names.ts";
import { FeatureGrammarError, requireReferences } from "./feature-references.ts";
import { buildIndicator, type Indicator } from "./indicator-catalogue.ts";
import { type Membership, parseMembership } from "./membership.ts";

/** What a model's inputs are made of: indicators, fuzzy sets on their outputs, and the inputs in their order. */
export type FeatureGrammar = {
  /** The first one listed is first in the feature order; `base` is the one that decisions are taken on. */
  readonly timeframes: readonly Timeframe[];
  readonly base: Timeframe;
  readonly indicators: ReadonlyMap<string, Indicator>;
  readonly fuzzySets: ReadonlyMap<string, FuzzySet>;
  readonly inputs: readonly FeatureInput[];
  /** By feature input in its order: how a raw one is normalised; undefined for a fuzzy one. */
  readonly normalisations: readonly (NormalisationMethod | undefined)[];
};

export type FuzzySet = {
  /** The indicator's name, with ".output" where it has several. */
  readonly indicator: string;
  readonly memberships: ReadonlyMap<string, Membership>;
};

export type NormalisationMethod = "minmax" | "zscore" | "none";

const timeframe = z.string().refine((text) => timeframeMs(text) !== undefined, {
  message: 'expected a count and a unit such as "5m", "1h" or "1d"',
});
const membership = z.union([
  z.array(z.number()).transform((parameters) => ({ type: "triangular", parameters })),
  z.strictObject({ type: z.string().default("triangular"), parameters: z.array(z.number()) }),
]);
const nnInput = z.strictObject({
  fuzzy_set: z.string().exactOptional(),
  raw_indicator: z.string().exactOptional(),
  timeframes: z.union([z.literal("all"), timeframe.transform((one) => [one]), z.array(timeframe).min(1)], {
    error: 'expected "all", a timeframe such as "1h", or a list of them',
  }),
  normalization: z.enum(["minmax", "zscore", "none"]).exactOptional(),
});
const documentSchema = z.looseObject({
  training_data: z.looseObject({
    timeframes: z.looseObject({
      list: z.array(timeframe).min(1).exactOptional(),
      timeframe: timeframe.exactOptional(),
      base_timeframe: timeframe.exactOptional(),
    }),
  }),
  indicators: z.record(z.string(), z.looseObject({ type: z.string() })),
  fuzzy_sets: z.record(z.string(), z.looseObject({ indicator: z.string() })).default({}),
  nn_inputs: z.array(nnInput).min(1),
});

/**
 * Reads the sections `training_data.timeframes`, `indicators`, `fuzzy_sets` and `nn_inputs` of a strategy document (ktrdr's version 3); others are left alone. `where`
 * names the document in messages. Throws FeatureGrammarError, IndicatorError and MembershipError.
 */
export function parseFeatureGrammar(document: unknown, where: string): FeatureGrammar {
  requireSpelling(document, where);
  const result = documentSchema.safeParse(document);
  if (!result.success) throw new FeatureGrammarError(`${where}: ${firstFault(result.error, document)}`);
  const { training_data, indicators, fuzzy_sets, nn_inputs } = result.data;
  const timeframes = parseTimeframes(training_data.timeframes, where);
  const parsed = {
    ...timeframes,
    indicators: new Map(
      Object.entries(indicators).map(([name, { type, ...params }]) => [
        requireIndicatorName(name, `${where}: indicators`),
        buildIndicator(type, params, `${where}: indicators.${name}`),
      ]),
    ),
    fuzzySets: new Map(
      Object.entries(fuzzy_sets).map(([name, set]) => [
        requireName(name, `${where}: fuzzy_sets`),
        parseFuzzySet(set, `${where}: fuzzy_sets.${name}`),
      ]),
    ),
    inputs: nn_inputs.map((input, i) => parseInput(input, `${where}: nn_inputs[${i}]`)),
    normalisations: nn_inputs.map((input) =>
      input.raw_indicator === undefined ? undefined : (input.normalization ?? "none"),
    ),
  };
  requireReferences(parsed, where);
  return parsed;
}

type Timeframes = { readonly timeframes: readonly Timeframe[]; readonly base: Timeframe };

function parseTimeframes(
  section: z.output<typeof documentSchema>["training_data"]["timeframes"],
  where: string,
): Timeframes {
  const timeframes = section.list ?? (section.timeframe === undefined ? [] : [section.timeframe]);
  const place = `${where}: training_data.timeframes`;
  const first = timeframes[0];
  if (first === undefined)
    throw new FeatureGrammarError(`${place}: expected list or timeframe, found neither. Name one.`);
  if (new Set(timeframes).size < timeframes.length)
    throw new FeatureGrammarError(`${place}.list: expected each timeframe once, found ${timeframes.join(", ")}.`);
  const base = section.base_timeframe ?? first;
  if (!timeframes.includes(base)) {
    throw new FeatureGrammarError(
      `${place}.base_timeframe: expected one of ${timeframes.join(", ")}, found ${base}. List it, or name another.`,
    );
  }
  return { timeframes, base };
}

function parseFuzzySet(
  { indicator, ...sets }: { readonly indicator: string; readonly [name: string]: unknown },
  where: string,
): FuzzySet {
  const memberships = new Map<string, Membership>();
  for (const [name, written] of Object.entries(sets)) {
    const result = membership.safeParse(written);
    if (!result.success) {
      throw new FeatureGrammarError(
        `${where}.${name}: expected [a, b, c] or { type, parameters }, found ${JSON.stringify(written)}. Write one of these.`,
      );
    }
    memberships.set(
      requireName(name, where),
      parseMembership(result.data.type, result.data.parameters, `${where}.${name}`),
    );
  }
  if (memberships.size === 0)
    throw new FeatureGrammarError(
      `${where}: expected at least one membership beside "indicator", found none. Add one.`,
    );
  return { indicator, memberships };
}

function parseInput(input: z.output<typeof nnInput>, where: string): FeatureInput {
  const { fuzzy_set, raw_indicator, timeframes } = input;
  if (fuzzy_set !== undefined && raw_indicator === undefined) {
    if (input.normalization !== undefined && input.normalization !== "none")
      throw new FeatureGrammarError(
        `${where}: a fuzzy set is not normalised, found normalization "${input.normalization}". Remove it.`,
      );
    return { kind: "fuzzy", fuzzySet: fuzzy_set, timeframes };
  }
  if (raw_indicator !== undefined && fuzzy_set === undefined)
    return { kind: "raw", indicator: raw_indicator, timeframes };
  throw new FeatureGrammarError(`${where}: expected either fuzzy_set or raw_indicator. Name exactly one of them.`);
}

/** Object keys of digits only would be reordered, and the order of the features with them. */
function requireName(name: string, where: string): string {
  if (name !== "" && !/^\d+$/.test(name)) return name;
  throw new FeatureGrammarError(`${where}: expected a name that is not a number, found "${name}". Give it a letter.`);
}

/** A dot divides an indicator from its output. */
function requireIndicatorName(name: string, where: string): string {
  if (!name.includes(".")) return requireName(name, where);
  throw new FeatureGrammarError(`${where}: expected a name without a dot, found "${name}". Rename it.`);
}

/** Other sections are left alone, and some of these may be left out: a misspelt one must not pass as one of those. */
function requireSpelling(document: unknown, where: string): void {
  for (const [path, names] of [
    [[], ["training_data", "indicators", "fuzzy_sets", "nn_inputs", "decisions"]],
    [["training_data"], ["timeframes"]],
    [
      ["training_data", "timeframes"],
      ["list", "timeframe", "base_timeframe"],
    ],
  ] as const) {
    const found = Object.keys(Object(path.reduce<unknown>((at, name) => Object(at)[name], document)));
    const missing = names.filter((name) => !found.includes(name));
    for (const key of found.filter((name) => !names.some((known) => known === name))) {
      const near = closest(key, missing);
      if (near !== undefined)
        throw new FeatureGrammarError(
          `${where}: ${[...path, key].join(".")}: unknown field; did you mean "${near}"? Correct the name.`,
        );
    }
  }
}

/** A fault with its place, as in nn_inputs[1].normalization; an unknown field rather than one that is missing because of it. */
function firstFault(error: z.ZodError, document: unknown): string {
  const faults = fieldFaults(error, document, Object.keys(nnInput.shape));
  const unknown = faults.find((fault) => fault.message.startsWith("unknown field"));
  const { path, message } = unknown ?? faults[0] ?? { path: "", message: "unreadable" };
  return faultSentence({ path: path.replaceAll(/\.(\d+)(?=\.|$)/g, "[$1]"), message });
}

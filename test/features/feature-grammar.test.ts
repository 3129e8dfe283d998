import { expect, test } from "vitest";
import { InputError } from "../../lib/engine/input-error.ts";
import { canonicalFeatures, featureColumns } from "../../lib/features/feature-columns.ts";
import { parseFeatureGrammar } from "../../lib/features/feature-grammar.ts";
import { buildIndicator, indicatorTypes } from "../../lib/features/indicator-catalogue.ts";
import { strategyDocument } from "./strategy-document.ts";

const figures = { "4h_bb.middle_raw": { method: "zscore", mean: 100, std: 5 } } as const;

test("features stand in the order of inputs, then timeframes, then memberships", () => {
  const grammar = parseFeatureGrammar(strategyDocument, "strategy.yaml");
  expect(canonicalFeatures(grammar).map(({ name }) => name)).toEqual([
    "1h_rsi_m_oversold",
    "1h_rsi_m_overbought",
    "4h_rsi_m_oversold",
    "4h_rsi_m_overbought",
    "1h_bbu_high",
    "4h_bb.middle_raw",
  ]);
});

test("the columns stand in the same order", () => {
  const grammar = parseFeatureGrammar(strategyDocument, "strategy.yaml");
  const names = featureColumns(grammar, figures).map(({ name }) => name);
  expect(names).toEqual(canonicalFeatures(grammar).map(({ name }) => name));
});

test("timeframes stand as an input lists them, not as the strategy does", () => {
  const nn_inputs = [{ raw_indicator: "rsi_14", timeframes: ["4h", "1h"] }];
  const grammar = parseFeatureGrammar({ ...strategyDocument, nn_inputs }, "strategy.yaml");
  expect(canonicalFeatures(grammar).map(({ name }) => name)).toEqual(["4h_rsi_14_raw", "1h_rsi_14_raw"]);
});

test("an indicator of several outputs named without one means its first", () => {
  const bare = { ...strategyDocument, nn_inputs: [{ raw_indicator: "bb", timeframes: ["1h"] }] };
  const upper = { ...strategyDocument, nn_inputs: [{ raw_indicator: "bb.upper", timeframes: ["1h"] }] };
  const columnOf = (document: unknown) => featureColumns(parseFeatureGrammar(document, "s"), {})[0].column;
  expect(columnOf(bare)).toEqual(columnOf(upper));
});

const mistakes: readonly (readonly [string, object, RegExp])[] = [
  [
    "a misspelt parameter",
    { indicators: { rsi_14: { type: "rsi", perod: 14 } } },
    /indicators\.rsi_14: .*no parameter "perod"; did you mean "period"\?/,
  ],
  [
    "a parameter of another indicator",
    { indicators: { a: { type: "atr", source: "close" } } },
    /no parameter "source".* Its parameters are period\./,
  ],
  ["a wrong parameter", { indicators: { rsi_14: { type: "rsi", period: 0 } } }, /"period".*found 0/],
  ["a parameter of text", { indicators: { rsi_14: { type: "rsi", period: "14" } } }, /"period".*found "14"/],
  [
    "an unknown type",
    { indicators: { rsi_14: { type: "rssi" } } },
    /unknown indicator type "rssi"; did you mean "rsi"\?/,
  ],
  [
    "an unknown indicator",
    { fuzzy_sets: { rsi_m: { indicator: "rsi_41", low: [0, 1, 2] } } },
    /fuzzy_sets\.rsi_m\.indicator.*Did you mean "rsi_14"/,
  ],
  [
    "an unknown output",
    { fuzzy_sets: { rsi_m: { indicator: "bb.uper", low: [0, 1, 2] } } },
    /Did you mean "bb\.upper"/,
  ],
  [
    "an unknown fuzzy set",
    { nn_inputs: [{ fuzzy_set: "rsi_n", timeframes: "all" }] },
    /nn_inputs\[0\]\.fuzzy_set.*Did you mean "rsi_m"/,
  ],
  [
    "a timeframe that is not listed",
    { nn_inputs: [{ fuzzy_set: "rsi_m", timeframes: ["2h"] }] },
    /nn_inputs\[0\]\.timeframes/,
  ],
  [
    "both kinds of input at once",
    { nn_inputs: [{ fuzzy_set: "rsi_m", raw_indicator: "rsi_14", timeframes: "all" }] },
    /either fuzzy_set or raw_indicator/,
  ],
  ["neither kind of input", { nn_inputs: [{ timeframes: "all" }] }, /either fuzzy_set or raw_indicator/],
  [
    "a misspelt field of an input",
    { nn_inputs: [{ fuzzy_set: "rsi_m", timeframe: "all" }] },
    /nn_inputs\[0\]\.timeframe: unknown field; did you mean "timeframes"/,
  ],
  ["a set without memberships", { fuzzy_sets: { rsi_m: { indicator: "rsi_14" } } }, /at least one membership/],
  [
    "a membership that is none",
    { fuzzy_sets: { rsi_m: { indicator: "rsi_14", low: "0-20" } } },
    /rsi_m\.low: expected \[a, b, c\]/,
  ],
  ["a name of digits", { fuzzy_sets: { rsi_m: { indicator: "rsi_14", "1": [0, 1, 2] } } }, /not a number, found "1"/],
  [
    "a base that is not listed",
    { training_data: { timeframes: { list: ["1h"], base_timeframe: "5m" } } },
    /base_timeframe/,
  ],
  ["a timeframe that is none", { training_data: { timeframes: { list: ["1hour"] } } }, /a count and a unit/],
  ["no inputs", { nn_inputs: [] }, /nn_inputs/],
  ...["indicators", "fuzzy_sets", "nn_inputs", "training_data"].map((section): [string, object, RegExp] => [
    `${section} without its last letter`,
    { [section]: undefined, [section.slice(0, -1)]: {} },
    new RegExp(`: ${section.slice(0, -1)}: unknown field; did you mean "${section}"\\?`),
  ]),
  [
    "decisions without its last letter, which would mean the defaults",
    { decisions: undefined, decision: { confidence_threshold: 0.9 } },
    /: decision: unknown field; did you mean "decisions"\?/,
  ],
  [
    "a misspelt base, which would mean the first of the list",
    { training_data: { timeframes: { list: ["1h", "4h"], base_timefrme: "4h" } } },
    /training_data\.timeframes\.base_timefrme: unknown field; did you mean "base_timeframe"\?/,
  ],
  ["no section of indicators", { indicators: undefined }, /: indicators: expected record; found nothing/],
  [
    "a normalization that is not known",
    { nn_inputs: [{ raw_indicator: "rsi_14", timeframes: "all", normalization: "robust" }] },
    /nn_inputs\[0\]\.normalization: expected one of "minmax"\|"zscore"\|"none"; found "robust"/,
  ],
  [
    "normalization of a fuzzy set",
    { nn_inputs: [{ fuzzy_set: "rsi_m", timeframes: "all", normalization: "zscore" }] },
    /a fuzzy set is not normalised, found normalization "zscore"/,
  ],
  ...["ALL", ["all"], [], undefined, 4].map((timeframes): [string, object, RegExp] => [
    `timeframes of ${JSON.stringify(timeframes)}`,
    { nn_inputs: [{ fuzzy_set: "rsi_m", timeframes }] },
    /nn_inputs\[0\]\.timeframes.*expected/,
  ]),
  [
    "a timeframe listed twice",
    { training_data: { timeframes: { list: ["1h", "4h", "1h"] } } },
    /list: expected each timeframe once, found 1h, 4h, 1h/,
  ],
  ["an indicator's name with a dot", { indicators: { "rsi.14": { type: "rsi" } } }, /without a dot, found "rsi\.14"/],
  [
    "a reference where nothing is defined",
    { fuzzy_sets: {} },
    /nn_inputs\[0\]\.fuzzy_set: found "rsi_m", but the document defines none/,
  ],
  ["numbers as text", { fuzzy_sets: { rsi_m: { indicator: "rsi_14", low: ["0", "30", "50"] } } }, /found \["0","30"/],
  [
    "a period beyond the greatest",
    { indicators: { rsi_14: { type: "rsi", period: 1e12 } } },
    /indicators\.rsi_14: .*"period" to be a whole number of bars from 1 to 1000000, found 1000000000000/,
  ],
  [
    "a source that is none",
    { indicators: { rsi_14: { type: "rsi", source: "clse" } } },
    /"source" to be one of "open"\|.*, found "clse"/,
  ],
];

test.each(mistakes)("%s is an error that names its place", (_what, change, message) => {
  // As JSON, in which a field without a value is none.
  const document: unknown = JSON.parse(JSON.stringify({ ...strategyDocument, ...change }));
  const parse = () => parseFeatureGrammar(document, "strategy.yaml");
  expect(parse).toThrow(InputError);
  expect(parse).toThrow(message);
  expect(parse).toThrow(/strategy\.yaml/);
});

test("a raw feature without its figures is refused by name", () => {
  const grammar = parseFeatureGrammar(strategyDocument, "strategy.yaml");
  expect(() => featureColumns(grammar, {})).toThrow(/"4h_bb\.middle_raw".*zscore.*found none/);
});

test("figures of another method are refused by name", () => {
  const grammar = parseFeatureGrammar(strategyDocument, "strategy.yaml");
  const other = { "4h_bb.middle_raw": { method: "minmax", min: 0, max: 1 } } as const;
  expect(() => featureColumns(grammar, other)).toThrow(/found figures for minmax/);
});

test.each([
  ["of a feature without normalization", "1h_rsi_14_raw", /"1h_rsi_14_raw".*a raw feature without normalization/],
  ["of a fuzzy feature", "1h_rsi_m_oversold", /"1h_rsi_m_oversold".*a fuzzy feature/],
  ["of a misspelt feature", "4h_bb.midle_raw", /"4h_bb\.midle_raw".*no such feature/],
])("figures %s are refused by name, for the model was trained with them", (_what, name, message) => {
  const nn_inputs = [...strategyDocument.nn_inputs, { raw_indicator: "rsi_14", timeframes: ["1h"] }];
  const grammar = parseFeatureGrammar({ ...strategyDocument, nn_inputs }, "strategy.yaml");
  const more = { ...figures, [name]: { method: "zscore", mean: 0, std: 1 } } as const;
  expect(() => featureColumns(grammar, more)).toThrow(message);
});

test("the method of one timeframe is not another's, and the base is not the first of the list", () => {
  const document = {
    ...strategyDocument,
    training_data: { timeframes: { list: ["4h", "1h"], base_timeframe: "1h" } },
    nn_inputs: [
      { raw_indicator: "rsi_14", timeframes: ["4h"] },
      { raw_indicator: "rsi_14", timeframes: ["1h"], normalization: "minmax" },
    ],
  };
  const grammar = parseFeatureGrammar(document, "strategy.yaml");
  expect(grammar.base).toBe("1h");
  const [higher, base] = featureColumns(grammar, { "1h_rsi_14_raw": { method: "minmax", min: 0, max: 100 } });
  expect(higher?.column).toMatchObject({ kernel: { name: expect.stringMatching(/^4h of 1h bars/) } });
  expect(base?.column).toMatchObject({ kernel: { name: "normalise" } });
});

test("a feature listed twice is refused by name", () => {
  const nn_inputs = [
    { fuzzy_set: "bbu", timeframes: "all" },
    { fuzzy_set: "bbu", timeframes: ["1h"] },
  ];
  const grammar = parseFeatureGrammar({ ...strategyDocument, nn_inputs }, "strategy.yaml");
  expect(() => canonicalFeatures(grammar)).toThrow(/"1h_bbu_high" is listed twice/);
});

test("a timeframe that base bars cannot build is refused", () => {
  const training_data = { timeframes: { list: ["2h", "3h"], base_timeframe: "2h" } };
  const nn_inputs = [{ fuzzy_set: "rsi_m", timeframes: "all" }];
  const grammar = parseFeatureGrammar({ ...strategyDocument, training_data, nn_inputs }, "strategy.yaml");
  expect(() => featureColumns(grammar, {})).toThrow(/3h is not a multiple of the base timeframe 2h/);
});

test.each(indicatorTypes)("the indicator type %s has outputs with its defaults alone", (type) => {
  expect(Object.keys(buildIndicator(type, {}, "test").outputs)).not.toEqual([]);
});

import { z } from "zod";
import { specSchema } from "../run/spec.ts";
import { type Length, lengthExpectation, parseLength } from "./length-text.ts";

const parameterValue = z.union([z.number(), z.string(), z.boolean(), z.null()], {
  error: "expected a number, a text, true, false or null",
});
/** A value that a parameter of a lane takes. */
export type ParameterValue = z.output<typeof parameterValue>;

const stepRange = z.strictObject({
  from: z.number(),
  to: z.number(),
  step: z.number().refine((step) => step !== 0, { message: "expected a step that is not 0" }),
});
const countRange = z.strictObject({
  from: z.number(),
  to: z.number(),
  count: z.int().min(1),
  scale: z.enum(["linear", "log"]).default("linear"),
  integer: z.boolean().default(false).describe("Rounds to whole numbers, each once."),
});
const axis = z.union(
  [z.array(parameterValue), stepRange, countRange, z.strictObject({ value: parameterValue }), parameterValue],
  {
    error:
      "expected a list of values, { from, to, step }, { from, to, count, scale: linear or log, integer }, or one fixed value",
  },
);
export type AxisSpec = z.output<typeof axis>;
const space = z.record(z.string().min(1), axis);
export type SpaceSpec = z.output<typeof space>;

const n = z.int().min(1).describe("How many points to draw.");
const drawSeed = z.int().min(0).default(42);
const method = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("grid") }),
  z.strictObject({ kind: z.literal("random"), n, seed: drawSeed }),
  z.strictObject({ kind: z.literal("latin-hypercube"), n, seed: drawSeed }),
  z.strictObject({ kind: z.literal("sobol"), n, seed: drawSeed }),
  z.strictObject({ kind: z.literal("list"), points: z.array(z.record(z.string().min(1), parameterValue)).min(1) }),
  z.strictObject({
    kind: z.literal("tpe"),
    n,
    seed: drawSeed,
    round: z.int().min(1).max(1_000).default(10).describe("Lanes that are asked for and told together."),
    startup: z.int().min(1).default(20).describe("Random points before the model takes over."),
  }),
]);
export type MethodSpec = z.output<typeof method>;

const moment = specSchema.shape.data.shape.from.unwrap();
const length = z.union([z.string(), z.number()], { error: lengthExpectation }).superRefine((value, context) => {
  if (parseLength(value) !== undefined) return;
  const message = /^\s*-/.test(String(value))
    ? "expected a length that is not negative, for ranges would overlap"
    : lengthExpectation;
  context.addIssue({ code: "custom", message });
});
const positiveLength = length.refine((value) => parseLength(value)?.count !== 0, {
  message: "expected a length above 0",
});
const warmup = z
  .int({ error: "expected a number of bars without a unit, such as 100" })
  .min(0, { error: "expected a number of bars that is not negative" })
  .default(0)
  .describe("Bars before each window that feed indicators but on which nothing trades; 0 is a cold start.");
const walk = {
  inSample: positiveLength,
  outOfSample: positiveLength,
  step: positiveLength
    .exactOptional()
    .describe("From one window's start to the next; the out-of-sample length when left out."),
  embargo: length.default(0).describe("Left out between the in-sample and the out-of-sample range."),
  warmup,
  partial: z
    .boolean()
    .default(false)
    .describe("Keep a last window whose out-of-sample range is cut by the end of the data."),
};
const dates = z.strictObject({ from: moment, to: moment }).describe("Open times of the bars, both included.");
const purge = length.default(0).describe("In-sample bars dropped before each out-of-sample range.");
const embargo = length.default(0).describe("In-sample bars dropped after each out-of-sample range.");
const windows = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("rolling"), ...walk }),
  z.strictObject({ kind: z.literal("anchored"), ...walk }),
  z.strictObject({
    kind: z.literal("list"),
    list: z
      .array(z.strictObject({ inSample: dates, outOfSample: dates }))
      .min(1)
      .max(10_000),
    warmup,
  }),
  z.strictObject({ kind: z.literal("k-fold"), folds: z.int().min(2).max(100), purge, embargo, warmup }),
  z.strictObject({
    kind: z.literal("cpcv"),
    groups: z.int().min(2).max(20),
    testGroups: z.int().min(1),
    purge,
    embargo,
    warmup,
  }),
]);
export type WindowsSpec = z.output<typeof windows>;

const direction = z.enum(["maximise", "minimise"]);
const objective = z.union(
  [
    z.string().min(1),
    z.strictObject({ metric: z.string().min(1), direction: direction.exactOptional() }),
    z.strictObject({
      weights: z.record(z.string().min(1), z.number()),
      direction: direction.default("maximise"),
    }),
  ],
  { error: "expected a metric, { metric, direction } or { weights: { metric: number, … }, direction }" },
);
export type ObjectiveSpec = z.output<typeof objective>;

/** How the market is told apart: by the mean and the sample deviation of the last `lookback` returns, annualised. Fractions, not percent. */
const regimes = z.strictObject({
  lookback: z
    .int()
    .min(2, { error: "expected at least 2, for one return has no deviation" })
    .max(10_000, { error: "expected at most 10000" })
    .default(63)
    .describe("Returns looked back on: days for bars shorter than a day, else bars; 63 days are a quarter of a year."),
  bull: z.number().default(0.1).describe("A mean return above it is a bull market."),
  bear: z.number().default(-0.1).describe("A mean return below it is a bear market; what is neither is sideways."),
  volatility: z
    .number()
    .positive({ error: "expected a number above 0" })
    .default(0.25)
    .describe("A deviation above it is a volatile market, whatever the mean."),
});

/** The spec of a sweep: a run's spec, the parameters to try, the windows to try them on, and how a winner is chosen. */
export const sweepSpecSchema = z.strictObject({
  name: z.string().min(1).max(100).exactOptional(),
  tags: z.array(z.string().min(1).max(100)).max(50).default([]),
  base: specSchema.describe("A run's spec: everything that the lanes have in common."),
  space: space.default({}).describe("The values of each parameter that is tried; laid over base.strategy.params."),
  where: z.array(z.string().min(1)).max(50).default([]).describe('Conditions on parameters, such as "fast < slow".'),
  method: method.default({ kind: "grid" }),
  windows: windows.default({ kind: "none" }),
  state: z
    .enum(["fresh", "carried"])
    .default("fresh")
    .describe("Whether an out-of-sample window begins flat or with the positions that the one before it ended with."),
  capital: z
    .enum(["chained", "reset"])
    .default("chained")
    .describe(
      "Whether an out-of-sample window begins with the equity that the one before it ended with, or with account.cash.",
    ),
  objective: objective.default("sharpe"),
  require: z
    .array(z.string().min(1))
    .max(50)
    .default([])
    .describe('Conditions on metrics, such as "closedTrades >= 30".'),
  regimes: regimes
    .prefault({})
    .describe("Thresholds by which the result is told apart by kind of market; all a year's fractions."),
  topK: z.int().min(1).max(1_000).default(1).describe("Winners per window that are run out of sample."),
  maxLanes: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(100_000)
    .describe("More lanes than this are refused before anything runs."),
  facts: z
    .enum(["summary", "full"])
    .default("summary")
    .describe("What in-sample lanes keep; winners are run again with full facts."),
});

/** A sweep's spec with every default filled in. */
export type SweepSpec = z.output<typeof sweepSpecSchema>;
/** A sweep's spec as a person writes it. */
export type SweepSpecInput = z.input<typeof sweepSpecSchema>;

/** A length that the schema has accepted. */
export function acceptedLength(value: string | number): Length {
  const result = parseLength(value);
  if (result === undefined) throw new RangeError(`A length that the schema accepted cannot be read: ${value}.`);
  return result;
}

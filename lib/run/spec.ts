import { z } from "zod";
import { timeframeMs } from "../engine/timeframe.ts";
import { openingAccountSchema } from "./opening-account.ts";

const timeframe = z.string().refine((text) => timeframeMs(text) !== undefined, {
  message: 'expected a count and a unit such as "1m", "5m", "1h", "1d", "1w" or "1M"',
});

const moment = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/, {
    message: "expected a date (2020-04-17) or an ISO 8601 time (2020-04-17T09:30:00Z; without an offset it is UTC)",
    abort: true,
  })
  .refine(exists, { message: "expected a date that exists" });

/** `Date.parse` reads 2020-02-30 as the first of March. */
function exists(text: string): boolean {
  const midnightMs = Date.parse(text.slice(0, 10));
  return !Number.isNaN(Date.parse(text)) && new Date(midnightMs).toISOString().startsWith(text.slice(0, 10));
}

const amount = z.number().min(0);
/** Money and quantities are kept to 10⁻⁸ in 64-bit-safe text; beyond this a spec is surely a mistake. */
const cash = z.number().positive().max(1e15);
const params = z.record(z.string(), z.json());

/** Bars between two checkpoints of a run whose spec does not say. */
export const usualCheckpointBars = 100_000;

const strategy = z
  .strictObject({
    name: z.string().min(1).exactOptional().describe("A built-in strategy: see `backstitch strategies ls`."),
    file: z
      .string()
      .min(1)
      .exactOptional()
      .describe("Your own strategy: a TypeScript or JavaScript module, relative to the spec."),
    params: params.default({}).describe("The strategy's parameters: see `backstitch strategies show NAME`."),
    lanes: z
      .array(params)
      .min(1)
      .exactOptional()
      .describe("Several parameter sets in one run; each is laid over `params`. Without it the run has one lane."),
  })
  .refine((value) => (value.name === undefined) !== (value.file === undefined), {
    message: "expected either name (a built-in strategy) or file (your own)",
  });

const fraction = z.strictObject({
  kind: z.literal("fraction"),
  fraction: z.number().positive().max(100),
  of: z.enum(["cash", "equity"]).default("cash").describe("Of the available cash, or of the whole equity."),
  basis: z
    .enum(["fill", "decision"])
    .default("fill")
    .describe("Turned into units at the fill's price, or at the close of the decision."),
});
const units = z.strictObject({ kind: z.literal("units"), units: z.number().positive() });
const notional = z.strictObject({
  kind: z.literal("notional"),
  notional: z.number().positive(),
  basis: z.enum(["fill", "decision"]).default("fill"),
});
const limits = {
  lot: z
    .number()
    .positive()
    .exactOptional()
    .describe("Quantities are rounded down to a multiple of it; the snapshot's lot, else 1 (whole units)."),
  minimum: amount.default(0).describe("Smaller quantities are refused."),
  maximum: z.number().positive().exactOptional().describe("Larger quantities are refused."),
};

const commissionLimits = {
  minimum: amount.default(0).describe("At least this much for a fill."),
  maximum: amount.exactOptional().describe("At most this much for a fill."),
};
const commission = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({
    kind: z.literal("percent"),
    percent: z.number().min(0).max(100).describe("Percent of the fill's value: 0.1 is a thousandth."),
    fixed: amount.default(0).describe("Added to every fill."),
    ...commissionLimits,
  }),
  z.strictObject({ kind: z.literal("per-unit"), perUnit: amount, fixed: amount.default(0), ...commissionLimits }),
  z.strictObject({ kind: z.literal("fixed"), amount }),
]);

const execution = z.strictObject({
  fill: z
    .enum(["next-open", "close"])
    .default("next-open")
    .describe("Market orders fill at the next bar's open, or at the close of the decision."),
  commission: commission.default({ kind: "none" }),
  slippage: z
    .strictObject({ kind: z.literal("bps"), bps: z.number().min(0).max(10_000) })
    .default({ kind: "bps", bps: 0 })
    .describe(
      "Adverse move of market and stop fills, in basis points. Limit orders never fill worse than their limit.",
    ),
  pyramiding: z
    .int()
    .min(1)
    .max(1_000)
    .default(1)
    .describe("Open trades allowed in one direction; 1 is no pyramiding."),
  closeAtEnd: z
    .boolean()
    .default(false)
    .describe("Close what is open at the last close; otherwise it is only marked there."),
  fundsCheck: z
    .enum(["fill", "submission"])
    .default("fill")
    .describe("Whether an entry must be payable at its fill only, or at its submission too."),
});

/** The spec of a run: everything that can change a number, and how often to checkpoint. */
export const specSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u, {
      message: "expected up to 100 letters, digits, spaces, dots, dashes or underscores",
    })
    .exactOptional(),
  tags: z.array(z.string().min(1).max(100)).max(50).default([]),
  data: z.strictObject({
    snapshot: z.string().min(1).describe("Name or id of a snapshot: see `backstitch data ls`."),
    instruments: z
      .array(z.string().min(1))
      .min(1)
      .exactOptional()
      .describe("Symbols; the snapshot's only one when left out."),
    timeframe: timeframe.exactOptional().describe("Must be the snapshot's own when given."),
    from: moment.exactOptional().describe("First bar: open time at or after this."),
    to: moment
      .exactOptional()
      .describe("Last bar: open time at or before this; a date counts to the end of its day (UTC)."),
    warmupBars: z
      .int()
      .min(0)
      .default(0)
      .describe("Bars at the start that feed indicators but on which nothing is decided."),
  }),
  strategy,
  account: z
    .strictObject({
      cash: cash.default(100_000),
      currency: z.string().min(1).max(10).default("USD"),
      shorting: z.boolean().default(true).describe("Whether a sell may open a short position."),
      opening: openingAccountSchema
        .exactOptional()
        .describe(
          "Exact cash, open trades and waiting orders that the account begins to trade with, worth `cash` then; sweeps with state carried write it.",
        ),
    })
    .prefault({}),
  sizing: z
    .discriminatedUnion("kind", [units.extend(limits), fraction.extend(limits), notional.extend(limits)])
    .default({ kind: "fraction", fraction: 1, of: "cash", basis: "fill", minimum: 0 }),
  execution: execution.prefault({}),
  metrics: z
    .strictObject({
      periodsPerYear: z.number().positive().max(1e6).exactOptional().describe("Overrides the bars' own calendar."),
      warmup: z
        .literal("left-out")
        .exactOptional()
        .describe("Metrics begin after data.warmupBars; without it they count those bars too."),
    })
    .prefault({}),
  record: z
    .strictObject({
      facts: z
        .enum(["full", "summary"])
        .default("full")
        .describe("summary keeps metrics only: no fills, trades, orders or equity."),
      equityEvery: z
        .int()
        .min(1)
        .default(1)
        .describe("Keep every n-th equity point and the last; metrics see every bar."),
      returnBlocks: z
        .strictObject({ count: z.int().min(2).max(64), bars: z.int().min(1) })
        .exactOptional()
        .describe("Tell the returns apart by blocks of so many bars after the warm-up, for overfitting figures."),
      failedLanes: z
        .literal("alone")
        .exactOptional()
        .describe("A lane whose strategy throws fails alone; without it the run fails."),
    })
    .prefault({}),
  checkpoint: z
    .strictObject({
      everyBars: z.int().min(1).default(usualCheckpointBars),
      everySeconds: z
        .number()
        .positive()
        .exactOptional()
        .describe("Also when this many seconds have passed since the last one."),
      keep: z.int().min(1).default(3).describe("How many checkpoints a run keeps; the newest is never removed."),
    })
    .prefault({}),
  models: z
    .strictObject({
      inference: z
        .enum(["inline", "parallel", "auto"])
        .default("auto")
        .describe(
          "Ask models bar by bar of the run, or first on several threads; auto measures both. The result is the same.",
        ),
    })
    .exactOptional()
    .describe("How the models of a strategy are asked."),
  seed: z.int().min(0).default(42),
});

/** A spec with every default filled in. */
export type Spec = z.output<typeof specSchema>;
/** A spec as a person writes it. */
export type SpecInput = z.input<typeof specSchema>;

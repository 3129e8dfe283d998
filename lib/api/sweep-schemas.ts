import { z } from "@hono/zod-openapi";
import { costSchema, hash } from "./run-schemas.ts";

const count = z.int().min(0);
const timeMs = z.int().openapi({ description: "UTC milliseconds." });
const json = z.any().openapi({ description: "Any JSON value." });

export const sweepStatus = z
  .enum(["pending", "running", "cancelling", "cancelled", "failed", "completed", "partial"])
  .openapi("SweepStatus", { description: "`partial`: it ended, and some lanes failed." });

const warnings = z.array(z.string()).readonly();
const reason = z.object({ name: z.string(), message: z.string() }).nullable();

const counts = z.object({ total: count, cached: count, completed: count, failed: count }).openapi({
  description:
    "Lanes, each counted once for every in-sample range that it is tried on; `cached` were taken from what earlier sweeps computed, and are among the completed ones.",
});

/** A spec in a body; what is wrong with it is told by its own parser. */
export const sweepSpecInBody = z.looseObject({}).openapi("SweepSpec");

const entryFields = {
  sweepId: z.string(),
  name: z.string(),
  strategy: z.string(),
  tags: z.array(z.string()).readonly(),
  status: sweepStatus,
  reason,
  resultDigest: hash.nullable(),
  counts,
  attempt: count,
  createdAtMs: timeMs,
  updatedAtMs: timeMs,
  durationMs: z.number().min(0),
  snapshotId: hash,
};
/** A sweep as a list shows it. */
export const sweepEntrySchema = z.object(entryFields).openapi("Sweep");

/** A sweep after something was asked of it. */
export const sweepActionSchema = z
  .object({
    ...entryFields,
    answeredFrom: z
      .enum(["existing", "unfinished", "new"])
      .optional()
      .openapi({ description: "Whether an equal sweep existed: ended, or begun and not finished." }),
    how: z.enum(["execution", "redrive", "worker"]).nullable(),
    note: z.string().nullable(),
    warnings: warnings.optional().openapi({ description: "Of POST /sweeps: what to know before the result." }),
  })
  .openapi("SweepAction");

export const sweepLaneSchema = z
  .object({
    window: count,
    range: count,
    lane: count,
    params: json,
    metrics: z.record(z.string(), z.number().nullable()).nullable(),
    failure: z.string().nullable(),
  })
  .openapi("SweepLane", {
    description:
      "A row of the table: a lane over an in-sample range of a window. Of `metrics` and `failure` one is null.",
  });

const metrics = z.record(z.string(), z.number().nullable());
const judged = z.object({
  ranges: z
    .array(z.object({ startBar: count, endBar: count, firstTimeMs: timeMs, lastTimeMs: timeMs }))
    .readonly()
    .openapi({ description: "Absolute bars; `endBar` is not in it. Cross-validation has several ranges." }),
  metrics: metrics.nullable(),
});

export const sweepWindowSchema = z
  .object({
    index: count,
    inSample: judged,
    outOfSample: judged.extend({
      inherited: z
        .object({ units: z.number(), openTrades: count, orders: count })
        .exactOptional()
        .openapi({ description: "What it began with from the window before; units are negative when short." }),
    }),
    best: z.object({ lane: count, params: json, value: z.number() }).nullable(),
    efficiency: z.number().nullable().openapi({ description: "The objective out of sample / in-sample." }),
    winners: z
      .array(
        z.object({
          lane: count,
          params: json,
          value: z.number(),
          inSample: metrics,
          outOfSample: metrics.nullable(),
          efficiency: z.number().nullable(),
          runIds: z.array(z.string()).readonly(),
        }),
      )
      .readonly()
      .openapi({ description: "Best first, with their runs of full facts." }),
    selection: json,
    overfitting: json.openapi({ description: "From the window's own lanes; `deflatedSharpe` is that of its best." }),
  })
  .openapi("SweepWindow");

/** A sweep's document, as `backstitch sweep show --json` answers it. */
export const sweepDetailsSchema = z
  .object({
    sweepId: z.string(),
    name: z.string(),
    status: sweepStatus,
    reason,
    resultDigest: hash.nullable(),
    best: z
      .object({ window: count, lane: count, params: json, metrics, value: z.number() })
      .nullable()
      .openapi({ description: "The winner of the newest window." }),
    lanes: z.array(sweepLaneSchema).readonly(),
    windows: z.array(sweepWindowSchema).readonly(),
    stitched: z
      .object({
        capital: z.enum(["chained", "reset"]),
        state: z.literal("carried").exactOptional(),
        startCash: z.number(),
        metrics,
        equityHash: hash,
        tradesHash: hash,
        points: count,
        trades: count,
      })
      .nullable()
      .openapi({ description: "The track record of the winners out of sample." }),
    paths: json.openapi({
      description: "The backtest paths of cross-validation, and their spreads; null for other windows.",
    }),
    regimes: json.openapi({
      description:
        "The record by kind of market: the thresholds (`rules`), `metrics` per regime, and the market's `periods`.",
    }),
    overfitting: json.openapi({ description: "The figures, and each in a sentence; null before the end." }),
    drift: z.array(json).readonly(),
    spreads: json,
    surface: json,
    failures: z.record(z.string(), count).openapi({ description: "How many, by category." }),
    counts,
    warnings: warnings.openapi({ description: "What to know before the result." }),
    timing: z.object({
      createdAtMs: timeMs,
      updatedAtMs: timeMs,
      durationMs: z.number().min(0),
      attempts: count,
      lanesPerSecond: z.number().nullable(),
    }),
    cost: costSchema,
    strategy: z.string(),
    tags: z.array(z.string()).readonly(),
    seed: z.int(),
    engineVersion: z.int(),
    specDigest: hash,
    snapshotId: hash,
    hosts: z
      .array(z.string())
      .readonly()
      .openapi({ description: "The machines whose processes computed it; none on AWS." }),
    bars: json,
    spec: json,
  })
  .openapi("SweepDetails");

export const sweepProgressSchema = z
  .object({
    sweepId: z.string(),
    status: sweepStatus,
    counts,
    attempt: count,
    reason,
    resultDigest: hash.nullable(),
    doneLanes: count,
    totalLanes: count,
    share: z.number().min(0).max(1).nullable().openapi({
      description: "Done of all lanes over all their bars: moves on while a run of many lanes is under way.",
    }),
    lanesPerSecond: z.number().nullable(),
    best: z.number().nullable().openapi({ description: "The objective of the best lane so far." }),
    secondsLeft: z.number().nullable(),
  })
  .openapi("SweepProgress");

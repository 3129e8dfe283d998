import { z } from "@hono/zod-openapi";

const count = z.int().min(0);
const timeMs = z.int().openapi({ description: "UTC milliseconds." });
export const hash = z.string().regex(/^[0-9a-f]{64}$/);
const json = z.any().openapi({ description: "Any JSON value." });

export const runStatus = z
  .enum(["queued", "running", "cancelling", "cancelled", "failed", "resuming", "completed"])
  .openapi("RunStatus");

const reason = z.object({ name: z.string(), message: z.string() }).nullable();
const origin = z.object({ kind: z.enum(["fork", "extend"]), runId: z.string(), checkpointId: hash }).nullable();

/** A run as a list shows it. */
const entryFields = {
  runId: z.string(),
  name: z.string(),
  strategy: z.string(),
  status: runStatus,
  stale: z.boolean().openapi({ description: "Under way by its record, but whoever computed it is gone: resume it." }),
  reason,
  resultDigest: hash.nullable(),
  createdAtMs: timeMs,
  updatedAtMs: timeMs,
  startBar: count,
  endBar: count,
  headBar: count.openapi({ description: "The next bar to do." }),
  headSequence: count,
  attempt: count,
  tags: z.array(z.string()).readonly(),
  engineVersion: z.int(),
  specDigest: hash,
  snapshotId: hash,
  origin,
};
/** A spec in a body; what is wrong with it is told by its own parser. */
export const specInBody = z.looseObject({}).openapi("Spec");

/** As that a model is asked about what it was trained on. */
const warnings = z.array(z.string()).readonly();

/** A run after something was asked of it. */
export const runActionSchema = z
  .object({
    ...entryFields,
    answeredFrom: z
      .enum(["existing", "unfinished", "new"])
      .optional()
      .openapi({ description: "Whether an equal run existed: completed, or begun and not finished." }),
    how: z
      .enum(["execution", "redrive", "worker"])
      .nullable()
      .openapi({ description: "What was started: a new execution, a redrive of the old one, or a worker thread." }),
    note: z.string().nullable(),
    warnings: warnings.optional().openapi({ description: "Of POST /runs: what to know before the result." }),
  })
  .openapi("RunAction");

const metrics = z.record(z.string(), z.number().nullable()).openapi("Metrics", {
  description: "Fractions rather than percent; null where a metric is undefined. docs/METRICS.md.",
});

/** A page of runs. */
export const foundRunsSchema = z.object({
  runs: z
    .array(
      z.object({
        ...entryFields,
        match: z
          .object({ lane: count, metrics })
          .optional()
          .openapi({ description: "With `metric`: the first lane that meets it, and what it speaks of." }),
      }),
    )
    .readonly(),
  next: z.string().nullable().openapi({ description: "The cursor of the next page; null on the last." }),
  looked: count.openapi({ description: "Records read for this page: at most 1,000 with `tag` or `metric`." }),
});

export const laneSchema = z
  .object({
    params: json,
    metrics: metrics.nullable(),
    report: z
      .record(z.string(), json)
      .optional()
      .describe("What the strategy says of the run, as of failed inferences."),
  })
  .openapi("Lane");

/** A model that a run asks; `inSample` is the part of the run that lies in the model's training range. */
export const modelSchema = z
  .object({
    modelId: hash,
    name: z.string(),
    version: z.string(),
    training: z.object({
      symbols: z.array(z.string()),
      timeframes: z.array(z.string()),
      from: z.string(),
      to: z.string(),
    }),
    inSample: z.object({ fromMs: timeMs, toMs: timeMs }).nullable(),
  })
  .openapi("RunModel");

export const partSchema = z.object({
  kind: z.enum(["fills", "trades", "orders", "equity"]),
  hash,
  rows: count,
  sizeBytes: count,
});

export const segmentSchema = z
  .object({
    format: z.int(),
    runId: z.string(),
    sequence: z.int().min(1),
    attempt: count,
    startBar: count,
    endBar: count,
    parts: z.array(partSchema).readonly(),
    startedAtMs: timeMs,
    durationMs: z.number().min(0),
    host: z.string(),
    pid: z.int(),
    function: z
      .object({ memoryMb: z.number(), architecture: z.enum(["x86_64", "arm64"]), region: z.string() })
      .optional()
      .openapi({ description: "The function on AWS that computed it." }),
  })
  .openapi("Segment");

export const runEventSchema = z
  .object({
    runId: z.string(),
    atMs: timeMs,
    attempt: count,
    kind: z.enum(["started", "resumed", "interrupted", "cancelled", "failed", "completed", "fenced", "violation"]),
    barIndex: count,
    message: z.string().optional(),
  })
  .openapi("RunEvent");

export const checkpointSummarySchema = z
  .object({
    format: z.int(),
    checkpointId: hash,
    runId: z.string(),
    sequence: z.int().min(1),
    parentId: hash.optional(),
    engineVersion: z.int(),
    specDigest: hash,
    snapshotId: hash,
    barIndex: count,
    barTimeMs: timeMs,
    createdAtMs: timeMs,
    stateBytes: count,
    stateKind: z.enum(["inline", "object"]),
    stateHash: hash.optional(),
  })
  .openapi("Checkpoint");

export const factSchema = z.record(z.string(), z.union([z.string(), z.number(), z.null()])).openapi("Fact", {
  description: "A row by its columns. Amounts and quantities are exact decimal texts, times UTC milliseconds.",
});

/** US dollars, and on AWS what they are for. */
export const costSchema = z
  .object({
    dollars: z.number().nullable().openapi({ description: "List price; null where it is not known." }),
    usage: z.record(z.string(), z.number()).optional(),
    memoryMb: z.number().optional(),
    architecture: z.enum(["x86_64", "arm64"]).optional(),
    region: z.string().optional(),
    pricesDate: z.string().optional(),
  })
  .openapi({ description: "What was used of AWS so far; 0 on one's own machine." });

/** A run's document, as `backstitch show --json` answers it. */
export const runDetailsSchema = z
  .object({
    runId: z.string(),
    name: z.string(),
    status: runStatus,
    stale: z.boolean(),
    reason,
    resultDigest: hash.nullable(),
    lanes: z.array(laneSchema),
    models: z.array(modelSchema).readonly().optional(),
    warnings: warnings.openapi({ description: "What to know before the result." }),
    timing: z.object({
      createdAtMs: timeMs,
      updatedAtMs: timeMs,
      computeMs: z.number().min(0),
      bars: count,
      barsPerSecond: z.number().nullable(),
      segments: count,
      inheritedSegments: count,
      attempts: count,
    }),
    cost: costSchema,
    strategy: z.string(),
    tags: z.array(z.string()),
    seed: count,
    data: z.object({
      snapshot: z.string(),
      snapshotId: hash,
      startBar: count,
      endBar: count,
      firstTimeMs: timeMs.nullable(),
      lastTimeMs: timeMs.nullable(),
    }),
    engineVersion: z.int(),
    specDigest: hash,
    hosts: z.array(z.string()).openapi({ description: "The machines that computed its segments." }),
    head: z.object({ sequence: count, checkpointId: hash.nullable(), bar: count }),
    origin,
    currency: z.string(),
    home: z.string(),
    spec: json,
    segments: z.array(segmentSchema).openapi({ description: "The newest 1,000." }),
    events: z.array(runEventSchema).openapi({ description: "The newest 1,000." }),
    checkpoints: z.array(checkpointSummarySchema).readonly(),
    lastTrades: z.array(factSchema).readonly(),
  })
  .openapi("RunDetails");

/** What a finished run answers, as it is stored. */
export const resultSchema = z
  .object({
    runId: z.string(),
    format: z.int(),
    engineVersion: z.int(),
    specDigest: hash,
    snapshotId: hash,
    resultDigest: hash,
    startBar: count,
    endBar: count,
    firstTimeMs: timeMs,
    lastTimeMs: timeMs,
    equityEvery: z.int().min(1),
    lanes: z
      .array(z.object({ params: json, metrics, facts: z.record(z.string(), z.string()) }))
      .readonly()
      .openapi({ description: "Per lane the parameters, metrics, and the digests of its facts." }),
    closingParts: z.array(partSchema).readonly(),
  })
  .openapi("Result");

import { z } from "@hono/zod-openapi";

const count = z.int().min(0);
const dollars = z.number();

/** What a run would be on AWS, and about what it would take there: before anything is spent. */
export const runPlanSchema = z
  .object({
    name: z.string(),
    strategy: z.string(),
    lanes: count,
    data: z.object({ snapshot: z.string(), snapshotId: z.string(), bars: count }),
    models: z.any().optional().openapi({ description: "The models that it asks, where it does." }),
    specDigest: z.string(),
    alreadyComputedAs: z.string().nullable().openapi({ description: "The run that has this result already." }),
    segments: count,
    segmentBars: count,
    seconds: z.number(),
    memoryMb: z.number(),
    architecture: z.enum(["x86_64", "arm64"]),
    usage: z.object({
      lambdaRequests: z.number(),
      lambdaGbSeconds: z.number(),
      stateTransitions: z.number(),
      dynamodbWriteUnits: z.number(),
      dynamodbReadUnits: z.number(),
      s3Puts: z.number(),
      s3Gets: z.number(),
      apiRequests: z.number(),
    }),
    dollars: z
      .object({
        lambda: dollars,
        stepFunctions: dollars,
        dynamodb: dollars,
        s3: dollars,
        httpApi: dollars,
        total: dollars,
      })
      .nullable()
      .openapi({ description: "List prices by service; null for a region that is not in the table." }),
    factBytes: z.number(),
    dollarsPerMonthKept: dollars.nullable().openapi({ description: "Of the facts, while they are kept." }),
    sample: z
      .object({
        bars: count,
        barsPerSecond: z.number(),
        stateBytes: z.number(),
        partKinds: count,
        factBytesPerBar: z.number(),
        finishSecondsPerBar: z.number(),
        measuredOn: z.string(),
      })
      .openapi({ description: "Measured on the first bars, the speeds as of a whole processor." }),
    assumptions: z.record(z.string(), z.number()),
    prices: z.object({ region: z.string(), date: z.string(), sources: z.array(z.string()).readonly() }),
    warnings: z.array(z.string()).readonly(),
  })
  .openapi("RunPlan");
export type RunPlan = z.output<typeof runPlanSchema>;

/** What a plan is made for where it is not what is deployed. */
export const wantedFunctions = {
  memoryMb: z.int().min(128).max(10_240).optional().openapi({ description: "Of the function that computes segments." }),
  architecture: z.enum(["x86_64", "arm64"]).optional(),
};
export type WantedFunctions = {
  readonly memoryMb?: number | undefined;
  readonly architecture?: "x86_64" | "arm64" | undefined;
};

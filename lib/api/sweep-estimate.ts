import { z } from "@hono/zod-openapi";

const count = z.int().min(0);
const bars = z.object({ startBar: count, endBar: count });

/** What a sweep would compute, and about what it takes: before anything is spent. */
export const sweepEstimateSchema = z
  .object({
    warnings: z.array(z.string()).readonly().openapi({ description: "What to know before the result." }),
    engineVersion: z.int(),
    windows: z.array(
      z.object({ index: count, inSample: z.array(bars).readonly(), outOfSample: z.array(bars).readonly() }),
    ),
    points: count.openapi({ description: "Parameter sets." }),
    lanes: count.openapi({ description: "Parameter sets times in-sample ranges: the rows of the table." }),
    runs: count,
    items: count.openapi({ description: "Runs of many lanes." }),
    laneBars: z.number(),
    laneBarsPerSecond: z
      .number()
      .openapi({ description: "Of one thread of a whole processor, measured on some of the lanes." }),
    measuredOn: z.string(),
    local: z
      .object({ workers: count, seconds: z.number() })
      .nullable()
      .openapi({ description: "On the machine that answers; null where sweeps are computed on AWS." }),
    cloud: z
      .object({
        region: z.string(),
        memoryMb: z.number(),
        architecture: z.enum(["x86_64", "arm64"]),
        items: count,
        usage: z.record(z.string(), z.number()),
        dollars: z.number().nullable(),
        pricesDate: z.string(),
      })
      .openapi({ description: "Lambda GB-seconds, state transitions, requests and bytes, and their list price." }),
  })
  .openapi("SweepEstimate");
export type SweepEstimate = z.output<typeof sweepEstimateSchema>;

import { z } from "@hono/zod-openapi";
import { nextPart } from "./pages.ts";
import { checkpointSummarySchema, hash, runStatus } from "./run-schemas.ts";

const json = z.any().openapi({ description: "Any JSON value." });

export const listedCheckpointSchema = checkpointSummarySchema
  .extend({ isHead: z.boolean().openapi({ description: "The newest of its run." }) })
  .openapi("ListedCheckpoint");

/** A checkpoint, as `backstitch checkpoints show --json` answers it. */
export const checkpointDocumentSchema = checkpointSummarySchema
  .omit({ stateKind: true, stateHash: true })
  .extend({
    checkpointOf: z.array(z.string()).openapi({ description: "RUN@SEQUENCE of every run that has this state." }),
    lanes: z.array(
      z.object({
        cash: z.string(),
        feesPaid: z.string(),
        side: z.enum(["long", "short", "flat"]),
        positions: z
          .array(
            z.object({
              symbol: z.string(),
              tradeId: z.int(),
              side: z.enum(["long", "short"]),
              quantity: z.string(),
              entryPrice: z.number(),
              entryTimeMs: z.int(),
              entryBar: z.int(),
            }),
          )
          .readonly(),
        orders: z.array(json).readonly(),
        closedTrades: z.int(),
        lastSignalTimeMs: z.int().nullable(),
        strategyState: json,
      }),
    ),
    columns: z.array(z.string()),
    state: json.optional(),
  })
  .openapi("CheckpointDocument");

const place = z.object({ checkpointId: hash, runId: z.string(), sequence: z.int(), barIndex: z.int() });

export const differencesSchema = z
  .object({
    a: place,
    b: place,
    equal: z.boolean(),
    differenceCount: z.int(),
    differences: z
      .array(z.object({ path: z.string(), a: json.optional(), b: json.optional() }))
      .openapi({ description: "A value is absent where that state has none." }),
  })
  .openapi("Differences");

const verifiedCheckpoint = z.object({
  sequence: z.int(),
  checkpointId: hash,
  barIndex: z.int(),
  problems: z.array(z.string()).readonly(),
});

export const verificationSchema = z
  .object({
    ok: z.boolean(),
    runId: z.string(),
    status: runStatus,
    checkpoints: z.array(verifiedCheckpoint).readonly(),
    segments: z
      .array(
        z.object({
          sequence: z.int(),
          startBar: z.int(),
          endBar: z.int(),
          parts: z.int(),
          problems: z.array(z.string()).readonly(),
        }),
      )
      .readonly(),
    problems: z.array(z.string()).readonly(),
    newestGood: verifiedCheckpoint.nullable(),
    next: nextPart,
  })
  .openapi("Verification");

import { z } from "zod";
import type { JsonValue } from "../engine/json.ts";
import type { Page } from "../run/run-store.ts";
import type { SweepFilter, SweepRecord } from "../sweep/sweep-store.ts";
import { decodeCursor, encodeCursor } from "./page-cursor.ts";
import { RunRecordError } from "./run-records.ts";

/** The sweep from stored text; throws RunRecordError when it is damaged or of a newer format. */
export function decodeSweep(text: string): SweepRecord {
  const decoded = sweepRecord.safeParse(JSON.parse(text));
  if (decoded.success) return decoded.data;
  throw new RunRecordError(
    `Sweep record is damaged or of a newer format: ${z.prettifyError(decoded.error).replaceAll("\n", " ")}`,
  );
}

/** Whether a list with this filter shows the sweep. */
export function matchesSweepFilter(sweep: SweepRecord, { strategy, status, tag }: SweepFilter): boolean {
  return (
    (strategy === undefined || sweep.strategy === strategy) &&
    (status === undefined || sweep.status === status) &&
    (tag === undefined || sweep.tags.includes(tag))
  );
}

/** The first `limit` of these sweeps, which are newest first and all after the cursor. */
export function sweepPage(sweeps: readonly SweepRecord[], limit: number): Page<SweepRecord> {
  const items = sweeps.slice(0, limit);
  const last = items.at(-1);
  if (last === undefined || sweeps.length <= limit) return { items };
  return { items, next: encodeCursor({ createdAtMs: last.createdAtMs, runId: last.sweepId }) };
}

/** Where the page after this cursor begins. Throws PageCursorError. */
export function sweepsAfter(cursor: string | undefined): { createdAtMs: number; sweepId: string } | undefined {
  if (cursor === undefined) return undefined;
  const { createdAtMs, runId } = decodeCursor(cursor);
  return { createdAtMs, sweepId: runId };
}

const sweepRecord: z.ZodType<SweepRecord> = z.strictObject({
  format: z.literal(1),
  sweepId: z.string(),
  name: z.string(),
  strategy: z.string(),
  tags: z.array(z.string()),
  // It was parsed from JSON, so every value is one; a schema would only copy it.
  spec: z.custom<JsonValue>((value) => value !== undefined),
  specDigest: z.string(),
  engineVersion: z.number(),
  snapshotId: z.string(),
  seed: z.number(),
  status: z.enum(["pending", "running", "cancelling", "cancelled", "failed", "completed", "partial"]),
  reason: z.strictObject({ name: z.string(), message: z.string() }).exactOptional(),
  counts: z.strictObject({ total: z.int(), cached: z.int(), completed: z.int(), failed: z.int() }),
  attempt: z.int(),
  owner: z
    .strictObject({
      host: z.string(),
      pid: z.number(),
      heartbeatAtMs: z.number(),
      executionArn: z.string().exactOptional(),
    })
    .exactOptional(),
  hosts: z.array(z.string()).exactOptional(),
  executionArn: z.string().exactOptional(),
  revision: z.int(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
  durationMs: z.number(),
  planHash: z.string().exactOptional(),
  winnersHash: z.string().exactOptional(),
  resultHash: z.string().exactOptional(),
  resultDigest: z.string().exactOptional(),
});

import { z } from "zod";
import type { JsonValue } from "../engine/json.ts";
import type { CheckpointRecord, RunEvent, RunRecord, SegmentRecord } from "../run/run-store.ts";

/** The format in which this version writes run records; a newer one is refused. */
export const runFormat = 2;

/** A stored record that this version cannot read. */
export class RunRecordError extends Error {
  override readonly name = "RunRecordError";
}

/** A checkpoint as two texts, so that a list of checkpoints does not read their states. */
export type CheckpointText = { readonly record: string; readonly state: string };

/** The run from stored text; throws RunRecordError when it is damaged or of a newer format. */
export function decodeRun(text: string): RunRecord {
  const value = parseJson(text, "Run record");
  const head = z.object({ runId: z.string(), format: z.int() }).safeParse(value);
  if (head.success && head.data.format > runFormat) {
    throw new RunRecordError(
      `Run "${head.data.runId}": expected record format ${runFormat} or older, found ${head.data.format}. Use a newer backstitch.`,
    );
  }
  return decode(runRecord, head.success ? upgradeRun(value, head.data.format) : value, "Run record");
}

/** Format 1 is format 2 without executions. */
function upgradeRun(value: unknown, format: number): unknown {
  return format === 1 ? { ...(value as object), format: 2 } : value;
}

/** The checkpoint as stored text; the state stands beside the rest. */
export function encodeCheckpoint({ state, ...rest }: CheckpointRecord): CheckpointText {
  const summary = { ...rest, stateKind: state.kind, ...(state.kind === "object" && { stateHash: state.hash }) };
  return { record: JSON.stringify(summary), state: JSON.stringify(state) };
}

/** The checkpoint from stored text, of whatever checkpoint format: who loads its state upgrades or refuses it. */
export function decodeCheckpoint(text: CheckpointText): CheckpointRecord {
  const { stateKind: _kind, stateHash: _hash, ...rest } = decodeCheckpointSummary(text.record);
  return { ...rest, state: decode(checkpointState, parseJson(text.state, "Checkpoint state"), "Checkpoint state") };
}

/** The checkpoint without its state. */
export function decodeCheckpointSummary(record: string): z.infer<typeof checkpointSummary> {
  return decode(checkpointSummary, parseJson(record, "Checkpoint record"), "Checkpoint record");
}

/** The segment from stored text. */
export function decodeSegment(text: string): SegmentRecord {
  return decode(segmentRecord, parseJson(text, "Segment record"), "Segment record");
}

/** The event as stored text; a long message is cut. */
export function encodeEvent({ message, ...rest }: RunEvent): string {
  return JSON.stringify(message === undefined ? rest : { ...rest, message: shortened(message) });
}

/** The text, or its first 4,000 characters and an ellipsis: what a person is told, and no reason for a record not to fit into its place. */
export function shortened(text: string): string {
  return text.length <= 4_000 ? text : `${text.slice(0, 4_000)} …`;
}

/** The event from stored text. */
export function decodeEvent(text: string): RunEvent {
  return decode(runEvent, parseJson(text, "Run event"), "Run event");
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RunRecordError(`${what} is damaged: expected JSON, found ${JSON.stringify(text.slice(0, 80))}.`, {
      cause: error,
    });
  }
}

function decode<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const decoded = schema.safeParse(value);
  if (decoded.success) return decoded.data;
  throw new RunRecordError(`${what} is damaged: ${z.prettifyError(decoded.error).replaceAll("\n", " ")}`);
}

const runRecord: z.ZodType<RunRecord> = z.strictObject({
  format: z.literal(runFormat),
  runId: z.string(),
  name: z.string(),
  strategy: z.string(),
  // It was parsed from JSON, so every value is one; a schema would only copy it.
  spec: z.custom<JsonValue>((value) => value !== undefined),
  engineVersion: z.number(),
  specDigest: z.string(),
  snapshotId: z.string(),
  status: z.enum(["queued", "running", "cancelling", "cancelled", "failed", "resuming", "completed"]),
  reason: z.strictObject({ name: z.string(), message: z.string() }).exactOptional(),
  startBar: z.number(),
  endBar: z.number(),
  attempt: z.int(),
  headSequence: z.int(),
  headCheckpointId: z.string().exactOptional(),
  headBar: z.number(),
  owner: z
    .strictObject({
      host: z.string(),
      pid: z.number(),
      heartbeatAtMs: z.number(),
      executionArn: z.string().exactOptional(),
    })
    .exactOptional(),
  executionArn: z.string().exactOptional(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
  resultHash: z.string().exactOptional(),
  resultDigest: z.string().exactOptional(),
  origin: z
    .strictObject({ kind: z.enum(["fork", "extend"]), runId: z.string(), checkpointId: z.string() })
    .exactOptional(),
  sweepId: z.string().exactOptional(),
});

const checkpointSummary = z.looseObject({
  format: z.int(),
  checkpointId: z.string(),
  runId: z.string(),
  sequence: z.int(),
  parentId: z.string().exactOptional(),
  engineVersion: z.number(),
  specDigest: z.string(),
  snapshotId: z.string(),
  barIndex: z.number(),
  barTimeMs: z.number(),
  createdAtMs: z.number(),
  stateBytes: z.number(),
  stateKind: z.enum(["inline", "object"]),
  stateHash: z.string().exactOptional(),
});

const checkpointState = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("inline"), text: z.string() }),
  z.strictObject({ kind: z.literal("object"), hash: z.string() }),
]);

const segmentRecord: z.ZodType<SegmentRecord> = z.looseObject({
  format: z.int(),
  runId: z.string(),
  sequence: z.int(),
  attempt: z.int(),
  startBar: z.number(),
  endBar: z.number(),
  parts: z.array(
    z.looseObject({
      kind: z.enum(["fills", "trades", "orders", "equity"]),
      hash: z.string(),
      rows: z.number(),
      sizeBytes: z.number(),
    }),
  ),
  startedAtMs: z.number(),
  durationMs: z.number(),
  host: z.string(),
  pid: z.number(),
});

const runEvent: z.ZodType<RunEvent> = z.looseObject({
  runId: z.string(),
  atMs: z.number(),
  attempt: z.int(),
  kind: z.enum(["started", "resumed", "interrupted", "cancelled", "failed", "completed", "fenced", "violation"]),
  barIndex: z.number(),
  message: z.string().exactOptional(),
});

import { heartbeatEveryMs } from "../run/heartbeat.ts";
import type { Architecture, Prices } from "./prices.ts";

/** What some work uses of AWS, in the units that are billed. */
export type Usage = {
  readonly lambdaRequests: number;
  readonly lambdaGbSeconds: number;
  readonly stateTransitions: number;
  readonly dynamodbWriteUnits: number;
  readonly dynamodbReadUnits: number;
  readonly s3Puts: number;
  readonly s3Gets: number;
  readonly apiRequests: number;
};

export const noUsage: Usage = {
  lambdaRequests: 0,
  lambdaGbSeconds: 0,
  stateTransitions: 0,
  dynamodbWriteUnits: 0,
  dynamodbReadUnits: 0,
  s3Puts: 0,
  s3Gets: 0,
  apiRequests: 0,
};

/** What one segment's invocation did. */
export type SegmentWork = {
  /** Billed seconds: restoring, computing, saving. */
  readonly seconds: number;
  readonly memoryMb: number;
  readonly stateBytes: number;
  readonly parts: number;
  /** Chunks of bars that it read. */
  readonly chunks: number;
  /** Of the run's record; that of a run with one lane when left out. */
  readonly runBytes?: number;
};

/** Sizes of the items that a run writes, as measured on stored runs; a state comes on top of the checkpoint's. */
const itemBytes = { run: 3_000, checkpoint: 600, segment: 900, event: 300, manifest: 8_000 };

/** A state over this size is an object, and its item refers to it. */
const inlineStateBytes = 300_000;

/** In an index, whose entries are keys only: an entry that comes or goes is one write, one that moves is two. */
const indexWrites = { checkpointSavedAndRemoved: 2, statusMoved: 2 };

/** Segment and Choice. */
const transitionsPerTurn = 2;
/** Plan, the first Choice, Finish, Succeed. */
const transitionsPerExecution = 4;

/** A turn of the loop: restore, compute, save in one transaction, and drop the checkpoint that is no longer kept. */
export function segmentUsage(work: SegmentWork): Usage {
  const { seconds, memoryMb, stateBytes, parts, chunks, runBytes = itemBytes.run } = work;
  const isInline = stateBytes <= inlineStateBytes;
  const checkpoint = itemBytes.checkpoint + (isInline ? stateBytes : 0);
  const committed = writeUnits(checkpoint) + writeUnits(itemBytes.segment) + writeUnits(runBytes);
  return {
    ...noUsage,
    lambdaRequests: 1,
    lambdaGbSeconds: (seconds * memoryMb) / 1_024,
    stateTransitions: transitionsPerTurn,
    // A transaction's writes count twice; the removal of an old checkpoint is one write of its size.
    dynamodbWriteUnits: 2 * committed + writeUnits(checkpoint) + indexWrites.checkpointSavedAndRemoved,
    // The run's record first, and whenever it is asked whether to stop.
    dynamodbReadUnits:
      (1 + Math.floor((1_000 * seconds) / heartbeatEveryMs(runBytes))) * readUnits(runBytes) +
      readUnits(itemBytes.manifest) +
      readUnits(checkpoint),
    s3Puts: parts + (isInline ? 0 : 1),
    s3Gets: chunks + (isInline ? 0 : 1),
  };
}

/** What comes once an attempt, beside the segments: the first step, the last one that reads the facts back, and the request that starts it. */
export type AttemptWork = {
  /** Billed seconds of the first and the last step together. */
  readonly seconds: number;
  readonly memoryMb: number;
  readonly segments: number;
  /** Parts of all segments. */
  readonly parts: number;
};

export function attemptUsage({ seconds, memoryMb, segments, parts }: AttemptWork): Usage {
  const begin = writeUnits(itemBytes.run) + writeUnits(itemBytes.event) + indexWrites.statusMoved;
  const reads = readUnits(itemBytes.run) + readUnits(itemBytes.manifest);
  return {
    ...noUsage,
    lambdaRequests: 2,
    lambdaGbSeconds: (seconds * memoryMb) / 1_024,
    stateTransitions: transitionsPerExecution,
    dynamodbWriteUnits: 2 * begin,
    dynamodbReadUnits: 2 * reads + readUnits(segments * itemBytes.segment),
    // The result; and the first and the last bar, which the result names.
    s3Puts: 1,
    s3Gets: parts + 2,
    apiRequests: 1,
  };
}

/** The sum of the usages, each taken as many times as its count says. */
export function sumUsage(parts: readonly (readonly [usage: Usage, count: number])[]): Usage {
  const sum: { -readonly [name in keyof Usage]: number } = { ...noUsage };
  for (const [usage, count] of parts) for (const name of usageNames) sum[name] += usage[name] * count;
  return sum;
}

const usageNames = Object.keys(noUsage) as readonly (keyof Usage)[];

/** US dollars by service, and their sum. */
export type Bill = {
  readonly lambda: number;
  readonly stepFunctions: number;
  readonly dynamodb: number;
  readonly s3: number;
  readonly httpApi: number;
  readonly total: number;
};

export function billOf(usage: Usage, prices: Prices, architecture: Architecture): Bill {
  const lambda =
    usage.lambdaRequests * prices.lambdaRequest + usage.lambdaGbSeconds * prices.lambdaGbSecond[architecture];
  const stepFunctions = usage.stateTransitions * prices.stateTransition;
  const dynamodb =
    usage.dynamodbWriteUnits * prices.dynamodbWriteUnit + usage.dynamodbReadUnits * prices.dynamodbReadUnit;
  const s3 = usage.s3Puts * prices.s3Put + usage.s3Gets * prices.s3Get;
  const httpApi = usage.apiRequests * prices.httpApiRequest;
  return { lambda, stepFunctions, dynamodb, s3, httpApi, total: lambda + stepFunctions + dynamodb + s3 + httpApi };
}

/** A write unit is up to 1 KiB of an item. */
function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1_024));
}

/** A read unit is up to 4 KiB, read consistently. */
function readUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 4_096));
}

import { createHash } from "node:crypto";
import type { Bars } from "../engine/bars.ts";
import { canonicalJson } from "../engine/canonical-json.ts";
import { engineVersion } from "../engine/engine-version.ts";
import type { FactRows } from "../engine/fact-columns.ts";
import type { Facts } from "../engine/facts.ts";
import type { JsonValue } from "../engine/json.ts";
import { laneMetrics, type Metrics } from "../engine/metrics.ts";
import { allReturns, type ReturnMark } from "../engine/return-marks.ts";
import type { Simulation } from "../engine/simulation.ts";
import { FactDigest } from "./fact-digest.ts";
import { type Field, type FieldValue, factFields, type RowKind } from "./fact-tables.ts";
import { decodeEquity, decodeRows } from "./parts.ts";
import type { PartReference, RunKey } from "./run-store.ts";
import type { Spec } from "./spec.ts";

export const resultFormat = 1;

/** What a finished run answers, as it is stored. Everything in it follows from spec, bars and engine version. */
export type RunResult = RunKey & {
  readonly format: number;
  readonly resultDigest: string;
  readonly startBar: number;
  readonly endBar: number;
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  readonly equityEvery: number;
  readonly lanes: readonly LaneResult[];
  /** The facts of a forced close at the end; they follow those of the segments. */
  readonly closingParts: readonly PartReference[];
};

export type LaneResult = {
  /** The parameters with their defaults filled in. */
  readonly params: JsonValue;
  readonly metrics: Metrics;
  /** What the strategy says of the run, as a model's strategy does of its inferences. */
  readonly report?: { readonly [name: string]: JsonValue };
  /** Why the lane stopped alone; its metrics then say nothing. */
  readonly failure?: string;
  /** The running returns at the end of each of `record.returnBlocks`. */
  readonly returnMarks?: readonly ReturnMark[];
  /** Digests of the lane's facts, by stream. */
  readonly facts: { readonly [stream: string]: string };
};

/** Digests that grow as facts are read, one per lane. */
export type LaneDigests = readonly FactDigest[];

export function newDigests(laneCount: number): LaneDigests {
  return Array.from({ length: laneCount }, () => new FactDigest());
}

/** Adds the facts of a stretch of bars, straight from the engine. */
export function digestFacts(digests: LaneDigests, facts: Facts): void {
  facts.lanes.forEach((lane, index) => {
    const digest = digests[index] as FactDigest;
    for (const piece of lane.equity) digest.addEquity(piece);
    for (const kind of ["fills", "trades", "orders"] as const) addObjects(digest, kind, lane[kind]);
  });
}

/** Adds one stored part. */
export function digestParts(digests: LaneDigests, kind: PartReference["kind"], bytes: Uint8Array): void {
  if (kind === "equity") {
    decodeEquity(bytes).forEach((points, lane) => {
      (digests[lane] as FactDigest).addEquity(points);
    });
    return;
  }
  for (const rows of decodeRows(kind, bytes))
    (digests[rows.lane] as FactDigest).addRows(kind, rows.count, rows.valueOf);
}

function addObjects(digest: FactDigest, kind: RowKind, rows: FactRows<unknown>): void {
  const fields = factFields[kind];
  let at = -1;
  let fact: { readonly [name: string]: FieldValue } = {};
  digest.addRows(kind, rows.length, (row, field) => {
    if (row !== at) {
      fact = rows.get(row) as { readonly [name: string]: FieldValue };
      at = row;
    }
    return fact[(fields[field] as Field).name] as FieldValue;
  });
}

/**
 * Ends the simulation at its last bar: forced close where the spec asks for it, metrics, and the digests with the closing facts and the last equity in
 * them. Returns the lanes' results, their common digest, and the closing facts.
 */
export function conclude(simulation: Simulation, lastBar: Bars, spec: Spec, digests: LaneDigests): Conclusion {
  const closing: Facts = {
    startBar: simulation.barIndex,
    endBar: simulation.barIndex,
    lanes: simulation.end(lastBar, spec.execution.closeAtEnd),
  };
  digestFacts(digests, closing);
  const { timeframe } = simulation.program;
  const lanes = simulation.lanes.map((lane, index): LaneResult => {
    const metrics = laneMetrics(lane, simulation.periods, timeframe, spec.metrics.periodsPerYear ?? null);
    const digest = digests[index] as FactDigest;
    digest.addEquity(Float64Array.of(metrics.finalEquity));
    const report = lane.report();
    return {
      params: lane.program.params as JsonValue,
      metrics,
      ...(report === undefined ? {} : { report }),
      ...(lane.failure === undefined ? {} : { failure: `bar ${lane.failure.bar}: ${lane.failure.message}` }),
      ...(spec.record.returnBlocks === undefined
        ? {}
        : { returnMarks: [...lane.returnMarks, allReturns(lane.curve.figures)] }),
      facts: digest.finish(),
    };
  });
  return { lanes, closing, resultDigest: resultDigestOf(lanes) };
}

export type Conclusion = {
  readonly lanes: readonly LaneResult[];
  readonly closing: Facts;
  readonly resultDigest: string;
};

/** SHA-256 of the canonical JSON of the engine version and, lane by lane, parameters, metrics and the digests of the facts. */
export function resultDigestOf(lanes: readonly LaneResult[]): string {
  const text = canonicalJson({ engineVersion, lanes: lanes as unknown as JsonValue });
  return createHash("sha256").update(text).digest("hex");
}

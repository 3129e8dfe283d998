import { noUsage, type Usage } from "./cost-model.ts";
import { assumptions } from "./estimate-run.ts";

/** What a sweep's own steps go through: its maps, the runs in them, the rows of its table, and how often it was begun. */
export type SweepSteps = {
  readonly maps: number;
  readonly runs: number;
  readonly windows: number;
  readonly rows: number;
  readonly attempts: number;
  /** Of the functions of runs; those of the sweep have no less than this and their own least. */
  readonly memoryMb: number;
};

/** `SweepFunctions` in infra gives them as much at least. */
const leastMemoryMb = 3_008;
/** A row of the table with its share of the figures, as measured (docs/PERFORMANCE.md, "Sweeps"). */
const rowSeconds = 0.0005;
/** Expand and its Choice; of each map the map itself, Select and its Choice; Stitch, Succeed. */
const transitions = { attempt: 2, map: 3, end: 2 };
/** Writes of the record, each of some 2 KB with two entries in indexes: taken, planned, chosen, ended, timed. */
const recordWriteUnits = 4;
const recordWrites = 5;

/** What the steps of a sweep beside its runs use: Expand, Select after each map, Stitch. */
export function sweepStepsUsage({ maps, runs, windows, rows, attempts, memoryMb }: SweepSteps): Usage {
  const calls = attempts + maps + 1;
  const seconds = calls * assumptions.overheadSeconds + rows * rowSeconds;
  return {
    ...noUsage,
    lambdaRequests: calls,
    lambdaGbSeconds: (seconds * Math.max(memoryMb, leastMemoryMb)) / 1_024,
    stateTransitions: attempts * transitions.attempt + maps * transitions.map + transitions.end,
    dynamodbWriteUnits: attempts * recordWrites * recordWriteUnits + runs,
    // Each run's record is looked at before and after its map.
    dynamodbReadUnits: 2 * runs,
    // Lists of runs, pieces of the table, and plan, winners, equity, trades, result.
    s3Puts: maps + windows + 5,
    s3Gets: 2 * runs,
    apiRequests: attempts,
  };
}

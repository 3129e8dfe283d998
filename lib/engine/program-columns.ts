import { ColumnSet } from "./column-set.ts";
import { laneColumns } from "./lane.ts";
import type { Program } from "./simulation.ts";

/** The columns that the lanes of a program ask for, before the first bar. */
export function programColumns(program: Program): ColumnSet {
  const columns = program.lanes.flatMap((lane) => Object.values(laneColumns(lane)));
  const lookback = program.lanes.reduce((most, lane) => Math.max(most, lane.strategy.lookback), 1);
  return new ColumnSet(columns, lookback);
}

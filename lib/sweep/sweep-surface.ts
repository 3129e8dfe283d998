import type { JsonValue } from "../engine/json.ts";
import { objectiveValue } from "./objective.ts";
import type { OpenedSweep } from "./open-sweep.ts";
import { parameterSensitivity, stabilityAt } from "./parameter-stability.ts";
import type { SurfaceResult } from "./sweep-result.ts";
import type { WindowLane } from "./window-lanes.ts";

/** Values of an axis that the answer lists. */
const mostValues = 10_000;

/** The objective of every lane, its mean over the windows in which it has one. */
export class SweepSurface {
  readonly #opened: OpenedSweep;
  readonly #sums: { sum: number; count: number }[] = [];

  constructor(opened: OpenedSweep) {
    this.#opened = opened;
  }

  add(lanes: readonly WindowLane[]): void {
    for (const { lane, metrics } of lanes) {
      const entry = this.#sums[lane] ?? { sum: 0, count: 0 };
      this.#sums[lane] = entry;
      const value = metrics && objectiveValue(this.#opened.plan.objective, metrics);
      if (value === null) continue;
      entry.sum += value;
      entry.count += 1;
    }
  }

  /** Null for an explicit list of points. */
  result(bestLane: number | undefined, indexOf: (lane: number) => number): SurfaceResult | null {
    const { space } = this.#opened.plan.points;
    if (space === undefined) return null;
    const points = this.#sums.map(({ sum, count }, lane) => ({
      lane,
      index: indexOf(lane),
      value: count > 0 ? sum / count : null,
    }));
    const known = points.flatMap(({ index, value }) => (value === null ? [] : [{ index, value }]));
    const byIndex = new Map(known.map(({ index, value }) => [index, value]));
    return {
      axes: space.axes.map(({ name, count, isOrdered, valueAt }) => ({
        name,
        isOrdered,
        values: Array.from({ length: Math.min(count, mostValues) }, (_, i): JsonValue => valueAt(i)),
      })),
      points,
      sensitivity: known.length === 0 ? [] : parameterSensitivity(space, known),
      stability:
        bestLane === undefined ? null : (stabilityAt(space, indexOf(bestLane), (index) => byIndex.get(index)) ?? null),
    };
  }
}

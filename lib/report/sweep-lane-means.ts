import type { JsonValue } from "../engine/json.ts";
import type { Metrics } from "../engine/metrics.ts";
import type { ObjectStore } from "../market/object-store.ts";
import type { MetricName } from "../sweep/metric-directions.ts";
import { type Objective, objectiveValue } from "../sweep/objective.ts";
import type { TableRow } from "../sweep/sweep-digest.ts";
import { getDocument } from "../sweep/sweep-objects.ts";
import type { SweepResult } from "../sweep/sweep-result.ts";

/** The metrics of a lane that a report lists, each its mean over the windows in which it is defined. */
export const listedMetrics = [
  "totalReturn",
  "sharpe",
  "maxDrawdown",
  "closedTrades",
  "winRate",
  "profitFactor",
] as const satisfies readonly MetricName[];

export type LaneMean = {
  readonly lane: number;
  readonly params: JsonValue;
  /** Mean of the objective over the windows in which it is defined; null when there is none. */
  readonly value: number | null;
  readonly metrics: { readonly [name in (typeof listedMetrics)[number]]: number | null };
  readonly failedRows: number;
};

/** The lanes in the order of the space, each once, and the objective of each in every window: `values[window][position in lanes]`. */
export type LaneMeans = {
  readonly lanes: readonly LaneMean[];
  readonly values: readonly (readonly (number | null)[])[];
};

/** Reads the table of a sweep, a window and range at a time, and keeps means only. */
export async function readLaneMeans(
  { table, windows }: Pick<SweepResult, "table" | "windows">,
  objective: Objective,
  objects: ObjectStore,
): Promise<LaneMeans> {
  const sums = new Map<number, LaneSums>();
  for (const { hash, window } of table) {
    const rows = await getDocument<readonly TableRow[]>(hash, objects);
    for (const row of rows) {
      const lane = sums.get(row.lane) ?? new LaneSums(row.lane, row.params);
      sums.set(row.lane, lane);
      lane.add(window, "metrics" in row ? (row.metrics as Metrics) : null, objective);
    }
  }
  const lanes = [...sums.values()].sort((a, b) => a.lane - b.lane);
  return {
    lanes: lanes.map((lane) => lane.mean()),
    values: windows.map(({ index }) => lanes.map((lane) => lane.byWindow.get(index)?.mean() ?? null)),
  };
}

/** A mean that grows; null values do not count. */
class Mean {
  #sum = 0;
  #count = 0;

  add(value: number | null): void {
    if (value === null) return;
    this.#sum += value;
    this.#count += 1;
  }

  mean(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }
}

class LaneSums {
  readonly lane: number;
  readonly byWindow = new Map<number, Mean>();
  readonly #params: JsonValue;
  readonly #value = new Mean();
  readonly #metrics = listedMetrics.map(() => new Mean());
  #failedRows = 0;

  constructor(lane: number, params: JsonValue) {
    this.lane = lane;
    this.#params = params;
  }

  add(window: number, metrics: Metrics | null, objective: Objective): void {
    if (metrics === null) {
      this.#failedRows += 1;
      return;
    }
    const value = objectiveValue(objective, metrics);
    const ofWindow = this.byWindow.get(window) ?? new Mean();
    this.byWindow.set(window, ofWindow);
    ofWindow.add(value);
    this.#value.add(value);
    listedMetrics.forEach((name, i) => {
      this.#metrics[i]?.add(metrics[name]);
    });
  }

  mean(): LaneMean {
    const [totalReturn, sharpe, maxDrawdown, closedTrades, winRate, profitFactor] = this.#metrics.map((each) =>
      each.mean(),
    );
    return {
      lane: this.lane,
      params: this.#params,
      value: this.#value.mean(),
      metrics: {
        totalReturn: totalReturn ?? null,
        sharpe: sharpe ?? null,
        maxDrawdown: maxDrawdown ?? null,
        closedTrades: closedTrades ?? null,
        winRate: winRate ?? null,
        profitFactor: profitFactor ?? null,
      },
      failedRows: this.#failedRows,
    };
  }
}

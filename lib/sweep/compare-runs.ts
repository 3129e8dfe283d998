import { canonicalJson } from "../engine/canonical-json.ts";
import { InputError } from "../engine/input-error.ts";
import type { JsonValue } from "../engine/json.ts";
import { isMetricName, metricDirections } from "./metric-directions.ts";

/** A comparison that cannot be made. */
export class ComparisonError extends InputError {
  override readonly name = "ComparisonError";
}

/** One side of a comparison: what was assumed (any JSON: spec, snapshot id, engine version) and the metrics. */
export type ComparedRun = {
  readonly label: string;
  readonly assumptions: JsonValue;
  readonly metrics: { readonly [name: string]: number | null };
};

export type Comparison = {
  readonly labels: readonly string[];
  /** Only what differs: the path of a field and its value on each side; undefined where a side lacks it. */
  readonly differences: readonly { readonly path: string; readonly values: readonly (JsonValue | undefined)[] }[];
  /** `best` and `worst` are positions; undefined when neither way is better, or all are equal. Equals share a mark. */
  readonly metrics: readonly {
    readonly name: string;
    readonly values: readonly (number | null)[];
    readonly best?: readonly number[];
    readonly worst?: readonly number[];
  }[];
};

/** Sets 2 to 10 runs side by side. Throws ComparisonError for another number. */
export function compareRuns(runs: readonly ComparedRun[]): Comparison {
  if (runs.length < 2 || runs.length > 10) {
    throw new ComparisonError(`A comparison takes 2 to 10 runs, found ${runs.length}.`);
  }
  const leaves = runs.map(({ assumptions }) => new Map(leavesOf(assumptions, "")));
  const paths = [...new Set(leaves.flatMap((map) => [...map.keys()]))];
  const names = [...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)))];
  return {
    labels: runs.map(({ label }) => label),
    differences: paths
      .map((path) => ({ path, values: leaves.map((map) => map.get(path)) }))
      .filter(
        ({ values }) => new Set(values.map((value) => (value === undefined ? "" : canonicalJson(value)))).size > 1,
      ),
    metrics: names.map((name) =>
      markExtremes(
        name,
        runs.map(({ metrics }) => metrics[name] ?? null),
      ),
    ),
  };
}

/** The fields of objects in objects; a list is one value, for its places mean nothing by themselves. */
function leavesOf(value: JsonValue, path: string): [string, JsonValue][] {
  if (typeof value !== "object" || value === null || Array.isArray(value) || Object.keys(value).length === 0)
    return [[path, value]];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, path === "" ? key : `${path}.${key}`));
}

function markExtremes(name: string, values: readonly (number | null)[]) {
  const direction = isMetricName(name) ? metricDirections[name] : null;
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  if (direction === null || known.length < 2 || low === high) return { name, values };
  const at = (extreme: number) => values.flatMap((value, index) => (value === extreme ? [index] : []));
  return direction === "maximise"
    ? { name, values, best: at(high), worst: at(low) }
    : { name, values, best: at(low), worst: at(high) };
}

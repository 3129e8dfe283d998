import type { JsonValue } from "../engine/json.ts";
import type { SurfaceResult } from "../sweep/sweep-result.ts";
import type { SweepReportInput } from "./sweep-report-input.ts";

/** An axis as the page draws it: values that are many share a cell. */
export type SurfaceAxis = {
  readonly name: string;
  readonly count: number;
  readonly isOrdered: boolean;
  /** What stands at each cell; value number v lies in cell ⌊v × cells / count⌋. */
  readonly labels: readonly string[];
};

/** What the page's script draws maps from, by columns. */
export type SurfaceData = {
  readonly axes: readonly SurfaceAxis[];
  /** Number of each point in the space; the last axis turns fastest. */
  readonly index: readonly number[];
  /** The objective of each point: first its mean over the windows, then window by window where the page has room for it. */
  readonly maps: readonly { readonly label: string; readonly value: readonly (number | null)[] }[];
  readonly best: number | null;
  readonly higherIsBetter: boolean;
  /** How a value is written: as percent, or with so many decimals. */
  readonly percent: boolean;
};

/** Cells of an axis. */
const mostCells = 32;
/** Points that a page holds; of more, every n-th. */
const mostPoints = 60_000;
/** Numbers that a page holds for maps of single windows. */
const mostWindowValues = 120_000;

/** The surface as the page needs it; undefined where there is none, or only one point. */
export function surfaceData({ result, lanes, objective }: SweepReportInput): SurfaceData | undefined {
  const surface = result?.surface;
  if (result === undefined || surface === null || surface === undefined || surface.points.length < 2) return undefined;
  const every = Math.ceil(surface.points.length / mostPoints);
  const points = surface.points.filter((_, i) => i % every === 0);
  const [only] = objective.terms;
  return {
    axes: surface.axes.map(drawnAxis),
    index: points.map(({ index }) => index),
    maps: [
      {
        label: result.windows.length > 1 ? "all windows (mean)" : "all bars",
        value: points.map(({ value }) => short(value)),
      },
      ...windowMaps(
        points,
        result.windows.map(({ index }) => index),
        lanes,
      ),
    ],
    best: surface.points.find(({ lane }) => lane === result.best?.lane)?.index ?? null,
    higherIsBetter: objective.direction === "maximise",
    percent: only !== undefined && objective.terms.length === 1 && only.weight === 1 && percentMetrics.has(only.metric),
  };
}

const percentMetrics: ReadonlySet<string> = new Set(["totalReturn", "annualReturn", "cagr", "maxDrawdown", "winRate"]);

function drawnAxis({ name, values, isOrdered }: SurfaceResult["axes"][number]): SurfaceAxis {
  const cells = Math.min(values.length, mostCells);
  const labels = Array.from({ length: cells }, (_, cell) => {
    const first = Math.ceil((cell * values.length) / cells);
    const last = Math.ceil(((cell + 1) * values.length) / cells) - 1;
    const text = valueText(values[first]);
    return first === last ? text : `${text} to ${valueText(values[last])}`;
  });
  return { name, count: values.length, isOrdered, labels };
}

function valueText(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function windowMaps(
  points: SurfaceResult["points"],
  windows: readonly number[],
  means: SweepReportInput["lanes"],
): SurfaceData["maps"] {
  if (means === undefined || windows.length < 2 || points.length * windows.length > mostWindowValues) return [];
  const places = new Map(means.lanes.map(({ lane }, place) => [lane, place]));
  return windows.map((window, i) => ({
    label: `window ${window}`,
    value: points.map(({ lane }) => short(means.values[i]?.[places.get(lane) ?? -1] ?? null)),
  }));
}

/** Digits beyond what a map shows would only make the page larger. */
function short(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4));
}

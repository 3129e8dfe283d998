import type { JsonValue } from "../engine/json.ts";
import type { Metrics } from "../engine/metrics.ts";
import type { LaneResult } from "../run/result.ts";
import type { ExpandedSweep } from "./expand-sweep.ts";
import { laneKey } from "./lane-family.ts";
import { loadFamily } from "./lane-results.ts";
import type { SweepStores } from "./open-sweep.ts";
import { metricsOverRanges } from "./range-metrics.ts";
import { lanesTried, type SweepLanes } from "./sweep-lanes.ts";

/** What became of one lane in one window: of each in-sample range its result, or why there is none. */
export type WindowLane = {
  readonly lane: number;
  readonly params: JsonValue;
  readonly ranges: readonly RangeOutcome[];
  /** Over all ranges; null when the lane failed in one of them. */
  readonly metrics: Metrics | null;
};

export type RangeOutcome = { readonly result: LaneResult } | { readonly failure: string };

/** All lanes that a window tries, or those of them that are wanted, in their order; one window is in memory at a time. */
export async function loadWindowLanes(
  window: number,
  expanded: Pick<ExpandedSweep, "families" | "items">,
  lanes: SweepLanes,
  stores: SweepStores,
  wanted: readonly number[] = lanesTried(lanes, window),
): Promise<readonly WindowLane[]> {
  const families = await Promise.all((expanded.families[window] ?? []).map((family) => loadFamily(family, stores)));
  const refused = new Map(lanes.refused.map(({ lane, failure }) => [lane, failure]));
  const keys = wanted.map((lane) => {
    const params = lanes.params[lane];
    return params === undefined ? undefined : laneKey(params);
  });
  const isMissing = keys.some((key) => key !== undefined && families.some((family) => !family.has(key)));
  const lost = isMissing ? await lostLanes(window, expanded, stores) : undefined;
  return wanted.map((lane, i): WindowLane => {
    const [params, key] = [lanes.params[lane], keys[i]];
    const ranges = families.map((family, range): RangeOutcome => {
      const result = key === undefined ? undefined : family.get(key);
      if (result?.failure !== undefined) return { failure: `StrategyError: ${result.failure}` };
      if (result !== undefined) return { result };
      const failure = refused.get(lane);
      return {
        failure:
          failure === undefined
            ? (lost?.get(placeOf(range, lane)) ?? "Its run has no result.")
            : `SpecError: ${failure}`,
      };
    });
    return { lane, params: params ?? { ...lanes.points[lane] }, ranges, metrics: metricsOf(ranges) };
  });
}

function metricsOf(ranges: readonly RangeOutcome[]): Metrics | null {
  const metrics = ranges.flatMap((outcome) => ("result" in outcome ? [outcome.result.metrics] : []));
  const [first, ...rest] = metrics;
  return first === undefined || metrics.length < ranges.length ? null : metricsOverRanges([first, ...rest]);
}

/** Lanes whose run failed as a whole, with the run's reason. */
async function lostLanes(
  window: number,
  { items }: Pick<ExpandedSweep, "items">,
  { runs }: SweepStores,
): Promise<Map<string, string>> {
  const lost = new Map<string, string>();
  for (const item of items) {
    if (item.window !== window) continue;
    const run = await runs.getRun(item.runId);
    if (run === undefined || run.status === "completed") continue;
    const reason = run.reason === undefined ? `Its run is ${run.status}.` : `${run.reason.name}: ${run.reason.message}`;
    for (const lane of item.lanes) lost.set(placeOf(item.range, lane), reason);
  }
  return lost;
}

function placeOf(range: number, lane: number): string {
  return `${range} ${lane}`;
}

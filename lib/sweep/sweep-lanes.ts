import type { JsonValue } from "../engine/json.ts";
import { laneFault } from "./check-lanes.ts";
import { laneParamsOf } from "./lane-family.ts";
import type { OpenedSweep } from "./open-sweep.ts";
import type { Point } from "./parameter-space.ts";

/** The lanes that a sweep tries: the parameters of each with their defaults, or why the strategy refuses them. */
export type SweepLanes = {
  readonly count: number;
  readonly points: readonly Point[];
  readonly params: readonly (JsonValue | undefined)[];
  readonly refused: readonly { readonly lane: number; readonly failure: string }[];
  /** The number of a lane's point in the space. */
  readonly indexOf: (lane: number) => number;
  /** The lanes that each window tries, in the order of ties; absent where every window tries all. */
  readonly tried?: readonly (readonly number[])[];
};

/** Looks at every lane once. `numbers` are those of points when the sweep does not try all. */
export function sweepLanes({ spec, strategy, plan }: OpenedSweep, numbers?: readonly number[]): SweepLanes {
  const count = numbers?.length ?? plan.points.count;
  const points = Array.from({ length: count }, (_, lane) => plan.points.pointAt(numbers?.[lane] ?? lane));
  const refused: { lane: number; failure: string }[] = [];
  const params = points.map((point, lane) => {
    const failure = laneFault(strategy, spec.base.strategy.params, point);
    if (failure === undefined) return laneParamsOf(strategy, spec.base.strategy.params, point);
    refused.push({ lane, failure });
    return undefined;
  });
  const indexes = numbers ?? plan.points.indexes;
  return { count, points, params, refused, indexOf: (lane) => indexes?.[lane] ?? lane };
}

/** The lanes that a window tries, in the order of ties. */
export function lanesTried({ count, tried }: Pick<SweepLanes, "count" | "tried">, window: number): readonly number[] {
  return tried === undefined ? Array.from({ length: count }, (_, lane) => lane) : (tried[window] ?? []);
}

import { digitsOf, indexOfDigits, type ParameterSpace } from "./parameter-space.ts";

/** The objective at a point of the space; undefined where no lane ran or its objective is null. */
export type Surface = (index: number) => number | undefined;

/** How a point stands among its neighbours: one step along one ordered axis. */
export type PointStability = {
  readonly value: number;
  /** Mean over the point and its neighbours; a lone peak loses much of its height here, a plateau does not. */
  readonly neighbourhoodMean: number;
  readonly neighbours: number;
  /** neighbourhood mean / value; null unless the value is above 0. */
  readonly stability: number | null;
};

/** The stability of one point; undefined where the surface has no value. */
export function stabilityAt(space: ParameterSpace, index: number, surface: Surface): PointStability | undefined {
  const value = surface(index);
  if (value === undefined) return undefined;
  const around = neighboursOf(space, index)
    .map(surface)
    .filter((neighbour) => neighbour !== undefined);
  const neighbourhoodMean = (value + around.reduce((sum, neighbour) => sum + neighbour, 0)) / (around.length + 1);
  return {
    value,
    neighbourhoodMean,
    neighbours: around.length,
    stability: value > 0 ? neighbourhoodMean / value : null,
  };
}

function neighboursOf({ axes }: ParameterSpace, index: number): number[] {
  const digits = digitsOf(axes, index);
  return axes.flatMap((axis, i) => {
    if (!axis.isOrdered) return [];
    return [-1, 1]
      .map((step) => digits.map((digit, k) => (k === i ? digit + step : digit)))
      .filter((moved) => (moved[i] as number) >= 0 && (moved[i] as number) < axis.count)
      .map((moved) => indexOfDigits(axes, moved));
  });
}

/** What the objective is on average at each value of a parameter, and how much of its variance that explains. */
export type ParameterSensitivity = {
  readonly name: string;
  readonly values: readonly { readonly value: unknown; readonly mean: number; readonly lanes: number }[];
  /** Variance of these means (weighted by lanes) / variance of all lanes: the first-order effect (Sobol, 1993; here over the lanes that ran). Null when nothing varies. */
  readonly share: number | null;
};

/** The sensitivity of the objective to each parameter, over the lanes that have a value. Axes with more values than lanes still cost only what they hold. */
export function parameterSensitivity(
  space: ParameterSpace,
  lanes: readonly { readonly index: number; readonly value: number }[],
): ParameterSensitivity[] {
  const overall = lanes.reduce((sum, { value }) => sum + value, 0) / lanes.length;
  const total = lanes.reduce((sum, { value }) => sum + (value - overall) * (value - overall), 0);
  return space.axes.map((axis, i) => {
    const groups = new Map<number, { sum: number; lanes: number }>();
    for (const { index, value } of lanes) {
      const digit = digitsOf(space.axes, index)[i] as number;
      const group = groups.get(digit) ?? { sum: 0, lanes: 0 };
      groups.set(digit, { sum: group.sum + value, lanes: group.lanes + 1 });
    }
    const seen = [...groups].sort(([a], [b]) => a - b);
    const between = seen.reduce((sum, [, group]) => sum + group.lanes * square(group.sum / group.lanes - overall), 0);
    return {
      name: axis.name,
      values: seen.map(([digit, group]) => ({
        value: axis.valueAt(digit),
        mean: group.sum / group.lanes,
        lanes: group.lanes,
      })),
      share: total > 0 ? between / total : null,
    };
  });
}

function square(value: number): number {
  return value * value;
}

import { canonicalJson } from "../engine/canonical-json.ts";
import { type Condition, firstBroken, parseConditions } from "./conditions.ts";
import { ask, newOptimiser } from "./optimiser.ts";
import { type ParameterSpace, type Point, parameterSpace } from "./parameter-space.ts";
import { samplePoints } from "./sample-points.ts";
import type { SweepSpec } from "./sweep-spec.ts";
import { SweepSpecError } from "./sweep-spec-error.ts";

/** The parameter sets of a sweep in the order of ties: `count` of them, each computed when asked for. `space` is absent for an explicit list. */
export type SweepPoints = {
  readonly count: number;
  readonly space?: ParameterSpace;
  /** The numbers of the points in the space, ascending, when they are not all of it. */
  readonly indexes?: readonly number[];
  pointAt(lane: number): Point;
};

/** Grid points looked at for `where` before the sweep is refused as too large to enumerate. */
const mostEnumerated = 10_000_000;

/**
 * Chooses the points that a spec asks for; for an optimiser, which chooses as it goes, all of its space. Throws SweepSpecError for an empty space, too many lanes, or conditions that nothing meets. */
export function sweepPoints(spec: Pick<SweepSpec, "space" | "where" | "method" | "maxLanes">): SweepPoints {
  const { method, maxLanes } = spec;
  if (method.kind === "list") return listedPoints(method.points, spec.where, maxLanes);
  const space = parameterSpace(spec.space);
  const where = parseConditions(
    "where",
    spec.where,
    space.axes.map(({ name }) => name),
  );
  if (method.kind !== "grid") {
    if (method.n > maxLanes) refuseTooMany("method.n", method.n, maxLanes);
    if (method.kind !== "tpe") return indexedPoints(space, nonEmpty(samplePoints(space, where, method), where));
    nonEmpty(ask({ ...method, space, where, direction: "maximise", window: 0 }, newOptimiser, 1).asked, where);
    return { count: space.size, space, pointAt: space.pointAt };
  }
  if (where.length === 0) {
    if (space.size > maxLanes) refuseTooMany("space", space.size, maxLanes);
    return { count: space.size, space, pointAt: space.pointAt };
  }
  return indexedPoints(space, nonEmpty(gridPoints(space, where, maxLanes), where));
}

function gridPoints(space: ParameterSpace, where: readonly Condition[], maxLanes: number): number[] {
  if (space.size > mostEnumerated) refuseTooMany("space", space.size, maxLanes);
  const indexes: number[] = [];
  for (let index = 0; index < space.size; index++) {
    if (firstBroken(where, space.pointAt(index)) !== undefined) continue;
    indexes.push(index);
    if (indexes.length > maxLanes) refuseTooMany("space (after where)", `more than ${maxLanes}`, maxLanes);
  }
  return indexes;
}

function indexedPoints(space: ParameterSpace, indexes: readonly number[]): SweepPoints {
  return { count: indexes.length, space, indexes, pointAt: (lane) => space.pointAt(indexes[lane] as number) };
}

function listedPoints(points: readonly Point[], texts: readonly string[], maxLanes: number): SweepPoints {
  if (points.length > maxLanes) refuseTooMany("method.points", points.length, maxLanes);
  const seen = new Set<string>();
  const names = [...new Set(points.flatMap((point) => Object.keys(point)))];
  const where = parseConditions("where", texts, names);
  const kept = points.filter((point) => {
    const text = canonicalJson(point);
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew && firstBroken(where, point) === undefined;
  });
  nonEmpty(kept, where);
  return { count: kept.length, pointAt: (lane) => kept[lane] as Point };
}

function nonEmpty<Item>(items: readonly Item[], where: readonly Condition[]): readonly Item[] {
  if (items.length > 0) return items;
  throw new SweepSpecError(
    where.length === 0
      ? "space: expected at least one point, found none."
      : `where: no point of the space meets ${where.map(({ text }) => `"${text}"`).join(" and ")}. Loosen the conditions or widen the space.`,
  );
}

function refuseTooMany(field: string, found: number | string, maxLanes: number): never {
  throw new SweepSpecError(
    `${field}: expected at most ${maxLanes} lanes (maxLanes), found ${found}. Draw a sample (method: { kind: sobol, n: 1000, seed: 1 }), use larger steps, or raise maxLanes.`,
  );
}

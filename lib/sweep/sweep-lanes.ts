import type { JsonValue } from "../engine/json.ts";
import type { Point } from "./parameter-space.ts";

/** The lanes that a sweep tries: the parameters of each with their defaults, or why the strategy refuses them. */
export type SweepLanes = {
  readonly count: number;
  readonly points: readonly Point[];
  readonly params: readonly (JsonValue | undefined)[];
  readonly refused: readonly { readonly lane: number; readonly failure: string }[];
  /** The lanes that each window tries, in the order of ties; absent where every window tries all. */
  readonly tried?: readonly (readonly number[])[];
};

/** The lanes that a window tries, in the order of ties. */
export function lanesTried({ count, tried }: Pick<SweepLanes, "count" | "tried">, window: number): readonly number[] {
  return tried === undefined ? Array.from({ length: count }, (_, lane) => lane) : (tried[window] ?? []);
}

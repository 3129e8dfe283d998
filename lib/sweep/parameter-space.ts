import type { ParameterAxis } from "./parameter-axis.ts";
import { parameterAxis } from "./parameter-axis.ts";
import type { ParameterValue, SpaceSpec } from "./sweep-spec.ts";
import { SweepSpecError } from "./sweep-spec-error.ts";

/** One parameter set, in the order of the space's axes. */
export type Point = { readonly [name: string]: ParameterValue };

/**
 * All combinations of the axes' values, numbered 0 to size - 1 with the last axis turning fastest. A point is computed from its number;
 * no list of points exists. This order is also the order of ties.
 */
export type ParameterSpace = {
  readonly axes: readonly ParameterAxis[];
  readonly size: number;
  pointAt(index: number): Point;
};

/** Makes the space that a spec describes. Throws SweepSpecError when it is empty or has more points than 2⁵³. */
export function parameterSpace(spec: SpaceSpec): ParameterSpace {
  const axes = Object.entries(spec).map(([name, axis]) => parameterAxis(name, axis, `space.${name}`));
  if (axes.length === 0) throw new SweepSpecError("space: expected at least one parameter, found none.");
  const size = axes.reduce((product, axis) => product * axis.count, 1);
  if (size > Number.MAX_SAFE_INTEGER) {
    throw new SweepSpecError(
      `space: expected at most 2^53 combinations, found ${size.toExponential(1)} (${axes.map(({ name, count }) => `${name}: ${count}`).join(", ")}). Use larger steps.`,
    );
  }
  const space: ParameterSpace = {
    axes,
    size,
    pointAt: (index) => {
      const digits = digitsOf(axes, index);
      return Object.fromEntries(axes.map((axis, i) => [axis.name, axis.valueAt(digits[i] ?? 0)]));
    },
  };
  return space;
}

/** The value number of each axis at point `index`. */
export function digitsOf(axes: readonly ParameterAxis[], index: number): number[] {
  const digits = axes.map(() => 0);
  let rest = index;
  for (let i = axes.length - 1; i >= 0; i--) {
    const { count } = axes[i] as ParameterAxis;
    digits[i] = rest % count;
    rest = (rest - (rest % count)) / count;
  }
  return digits;
}

/** The number of the point with these value numbers. */
export function indexOfDigits(axes: readonly ParameterAxis[], digits: readonly number[]): number {
  return axes.reduce((index, { count }, i) => index * count + (digits[i] ?? 0), 0);
}

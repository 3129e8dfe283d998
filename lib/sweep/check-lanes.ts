import { closest } from "../engine/closest.ts";
import { fieldFaults } from "../engine/field-faults.ts";
import type { Strategy } from "../engine/strategy.ts";
import type { Point } from "./parameter-space.ts";
import type { SweepSpec } from "./sweep-spec.ts";
import { SweepSpecError } from "./sweep-spec-error.ts";

/** Checks that the strategy has every parameter that the sweep tries. Throws SweepSpecError with a near name. */
export function checkParameterNames(spec: Pick<SweepSpec, "space" | "method">, strategy: Strategy): void {
  const known = Object.keys(strategy.params.shape);
  const { method } = spec;
  const [field, names] =
    method.kind === "list"
      ? ["method.points", new Set(method.points.flatMap((point) => Object.keys(point)))]
      : ["space", Object.keys(spec.space)];
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = closest(name, known);
    throw new SweepSpecError(
      `${field}.${name}: strategy "${strategy.name}" has no such parameter${near === undefined ? "" : `; did you mean "${near}"?`} It has ${known.join(", ") || "none"}.`,
    );
  }
}

/**
 * Why the strategy refuses this parameter set, or undefined when it takes it. A refused lane fails alone; the sweep goes on. Builders of columns
 * may refuse parameters too.
 */
export function laneFault(strategy: Strategy, baseParams: Point | object, point: Point): string | undefined {
  const params = { ...baseParams, ...point };
  const result = strategy.params.safeParse(params);
  if (!result.success)
    return fieldFaults(result.error, params, Object.keys(strategy.params.shape))
      .map(({ path, message }) => `${path}: ${message}`)
      .join("; ");
  try {
    strategy.columns(result.data);
    return undefined;
  } catch (error) {
    // What a strategy throws is its own; a lane that fails is an answer of the sweep and not its end.
    return error instanceof Error ? error.message : String(error);
  }
}

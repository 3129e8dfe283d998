import { exponential } from "../engine/exponential.ts";
import { type DecimalRange, decimalRange } from "./decimal-range.ts";
import type { AxisSpec, ParameterValue } from "./sweep-spec.ts";
import { SweepSpecError } from "./sweep-spec-error.ts";

/** One parameter of a space: its values by index. Numeric axes are ordered, so that neighbours in index are neighbours in value. */
export type ParameterAxis = {
  readonly name: string;
  readonly count: number;
  readonly isOrdered: boolean;
  valueAt(index: number): ParameterValue;
};

/** Makes the axis that a spec describes; `field` is its path in messages. Throws SweepSpecError when it holds nothing or contradicts itself. */
export function parameterAxis(name: string, axis: AxisSpec, field: string): ParameterAxis {
  if (Array.isArray(axis)) return listAxis(name, axis, field);
  if (typeof axis !== "object" || axis === null) return listAxis(name, [axis], field);
  if ("value" in axis) return listAxis(name, [axis.value], field);
  return "step" in axis ? stepAxis(name, axis, field) : countAxis(name, axis, field);
}

function listAxis(name: string, values: readonly ParameterValue[], field: string): ParameterAxis {
  const [first] = values;
  if (first === undefined) throw new SweepSpecError(`${field}: expected at least one value, found an empty list.`);
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined)
    throw new SweepSpecError(`${field}: expected each value once, found ${JSON.stringify(twice)} twice.`);
  const isOrdered = values.length > 1 && values.every((value, i) => i === 0 || isAbove(value, values[i - 1]));
  return { name, count: values.length, isOrdered, valueAt: (index) => values[index] ?? first };
}

function isAbove(value: ParameterValue, other: ParameterValue | undefined): boolean {
  return typeof value === "number" && typeof other === "number" && value > other;
}

type StepRange = Extract<AxisSpec, { readonly step: number }>;
type CountRange = Extract<AxisSpec, { readonly count: number }>;

function stepAxis(name: string, { from, to, step }: StepRange, field: string): ParameterAxis {
  if ((to - from) * step < 0) {
    throw new SweepSpecError(
      `${field}: expected a step that leads from ${from} to ${to}, found ${step}: the range is empty.`,
    );
  }
  const range = decimalRange(from, to, step);
  return { name, count: range.count, isOrdered: true, valueAt: range.valueAt };
}

/** Most values of a range by count: they are listed once, to drop equal integers. */
const mostCounted = 1_000_000;

function countAxis(name: string, axis: CountRange, field: string): ParameterAxis {
  const { from, to, count, scale, integer } = axis;
  if (from > to) throw new SweepSpecError(`${field}: expected from at most to, found ${from} and ${to}.`);
  if (scale === "log" && from <= 0)
    throw new SweepSpecError(`${field}.from: expected more than 0 for a log scale, found ${from}.`);
  if (count > mostCounted)
    throw new SweepSpecError(`${field}.count: expected at most ${mostCounted}, found ${count}. Use a step.`);
  const spread = scale === "log" ? logSpread(from, to, count) : linearSpread(from, to, count);
  const values = Array.from({ length: count }, (_, index) => spread.valueAt(index));
  return listAxis(name, [...new Set(integer ? values.map(Math.round) : values)], field);
}

function linearSpread(from: number, to: number, count: number): DecimalRange {
  const valueAt = (index: number) => {
    if (index === 0 || count === 1) return from;
    return index === count - 1 ? to : significant(from + ((to - from) * index) / (count - 1));
  };
  return { count, valueAt };
}

function logSpread(from: number, to: number, count: number): DecimalRange {
  const ratio = Math.log(to / from);
  const valueAt = (index: number) => {
    if (index === 0 || count === 1) return from;
    return index === count - 1 ? to : significant(from * exponential((ratio * index) / (count - 1)));
  };
  return { count, valueAt };
}

/** Twelve digits are what a person may read back; they also hide the last bit of the division. */
function significant(value: number): number {
  return Number(value.toPrecision(12));
}

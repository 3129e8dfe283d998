import type { Column, KernelDefinition } from "../engine/columns.ts";
import { exponential } from "../engine/exponential.ts";
import { InputError } from "../engine/input-error.ts";
import { barByBar } from "../indicators/bar-by-bar.ts";

/**
 * A fuzzy set: triangular rises from a to b and falls to c; trapezoidal rises from a to b, is 1 to c and falls to d; gaussian is
 * e^(−((x − mean) / sigma)² / 2). Equal neighbours make a shoulder, which belongs to the set: [0, 0, 20, 35] is 1 at 0, [0, 50, 50] is 1 at 50.
 */
export type Membership =
  | { readonly kind: "triangular"; readonly a: number; readonly b: number; readonly c: number }
  | { readonly kind: "trapezoidal"; readonly a: number; readonly b: number; readonly c: number; readonly d: number }
  | { readonly kind: "gaussian"; readonly mean: number; readonly sigma: number };

/** A fuzzy set that cannot be: of an unknown kind, or with parameters in the wrong number or order. */
export class MembershipError extends InputError {
  override readonly name = "MembershipError";
}

/** How far x belongs to the set, 0 to 1; NaN (missing) where x is not finite. */
export function membershipAt(membership: Membership, x: number): number {
  if (!Number.isFinite(x)) return Number.NaN;
  switch (membership.kind) {
    case "triangular":
      return trapezoid(x, { ...membership, c: membership.b, d: membership.c });
    case "trapezoidal":
      return trapezoid(x, membership);
    case "gaussian":
      return bell((x - membership.mean) / membership.sigma);
  }
}

/** `membershipAt` of every value of the input. */
export function membershipColumn(membership: Membership, input: Column): Column {
  return membership.kind === "gaussian"
    ? {
        kind: "kernel",
        kernel: gaussianKernel,
        params: { mean: membership.mean, sigma: membership.sigma },
        inputs: [input],
        output: "value",
      }
    : { kind: "kernel", kernel: trapezoidKernel, params: cornersOf(membership), inputs: [input], output: "value" };
}

/** Models read many of these, so that it has a loop of its own. */
export const trapezoidKernel: KernelDefinition = {
  name: "trapezoid",
  outputs: ["value"],
  create: ({ a, b, c, d }) => {
    const corners = { a, b, c, d };
    return {
      update([input], [values]) {
        for (let i = 0; i < values.length; i++)
          values[i] = input[i] - input[i] === 0 ? trapezoid(input[i], corners) : Number.NaN;
      },
      save: () => null,
      restore() {},
    };
  },
};

export const gaussianKernel = barByBar(
  "gaussian",
  ({ mean, sigma }) =>
    (x) =>
      bell((x - mean) / sigma),
);

/** A fuzzy set of its kind's name and parameters, as a strategy lists them. `where` names the set in messages. Throws MembershipError. */
export function parseMembership(kind: string, parameters: readonly number[], where: string): Membership {
  const [a, b, c, d] = parameters.map((value) => value + 0);
  switch (kind) {
    case "triangular":
      requireCorners(where, kind, parameters, 3);
      return { kind, a, b, c };
    case "trapezoidal":
      requireCorners(where, kind, parameters, 4);
      return { kind, a, b, c, d };
    case "gaussian":
      if (parameters.length !== 2 || !parameters.every(Number.isFinite) || !(b > 0))
        throw refusal(where, "gaussian takes [mean, sigma] with sigma above 0", parameters);
      return { kind, mean: a, sigma: b };
    default:
      throw new MembershipError(
        `${where}: expected the type triangular, trapezoidal or gaussian, found "${kind}". Use one of these.`,
      );
  }
}

type Corners = { readonly a: number; readonly b: number; readonly c: number; readonly d: number };

function cornersOf(membership: Exclude<Membership, { kind: "gaussian" }>): Corners {
  const { a, b } = membership;
  return membership.kind === "triangular"
    ? { a, b, c: b, d: membership.c }
    : { a, b, c: membership.c, d: membership.d };
}

function trapezoid(x: number, { a, b, c, d }: Corners): number {
  if (x >= b && x <= c) return 1;
  if (x <= a || x >= d) return 0;
  return x < b ? (x - a) / (b - a) : (d - x) / (d - c);
}

function bell(distance: number): number {
  return exponential(-(distance * distance) / 2);
}

function requireCorners(where: string, kind: string, parameters: readonly number[], count: number): void {
  const isAscending = parameters.every((value, i) => Number.isFinite(value) && (i === 0 || value >= parameters[i - 1]));
  if (parameters.length === count && isAscending) return;
  const names = count === 3 ? "[a, b, c]" : "[a, b, c, d]";
  throw refusal(where, `${kind} takes ${count} ascending numbers ${names}`, parameters);
}

function refusal(where: string, expected: string, parameters: readonly number[]): MembershipError {
  return new MembershipError(`${where}: ${expected}, found [${parameters.join(", ")}]. Correct its parameters.`);
}

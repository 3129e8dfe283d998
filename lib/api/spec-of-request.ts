import { closest } from "../engine/closest.ts";
import { BarsInputError } from "../market/bars-input-error.ts";
import { parseSpec } from "../run/parse-spec.ts";
import type { Spec } from "../run/spec.ts";
import { type PlannedRun, planRun } from "../run/start-run.ts";
import type { LoadedStrategy } from "../strategies/load-strategy.ts";
import { parseSweepSpec } from "../sweep/parse-sweep-spec.ts";
import type { SweepSpec } from "../sweep/sweep-spec.ts";
import type { ApiDeps } from "./api-deps.ts";
import { ProblemError } from "./problem.ts";

/** The spec in a request, with its defaults filled in. It names a strategy: code is never taken from a request, nor from a path that one gives. */
export function specOfRequest(value: unknown, { strategies }: ApiDeps): Spec {
  const spec = parseSpec(value, "The spec");
  assertKnownStrategy(spec, "strategy", strategies());
  return spec;
}

/** The spec of a sweep in a request, the same way. */
export function sweepSpecOfRequest(value: unknown, { strategies }: ApiDeps): SweepSpec {
  const spec = parseSweepSpec(value, "The spec");
  assertKnownStrategy(spec.base, "base.strategy", strategies());
  return spec;
}

function assertKnownStrategy(
  { strategy: { name, file } }: Spec,
  path: string,
  known: ReadonlyMap<string, LoadedStrategy>,
): void {
  if (file !== undefined || name === undefined)
    throw strategyProblem(
      `${path}.file`,
      "expected strategy.name: the API runs the strategies it knows by name, no files",
    );
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u.test(name) || name.includes(".."))
    throw strategyProblem(`${path}.name`, "expected the name of a strategy, found what could be a path");
  if (known.has(name)) return;
  const near = closest(name, known.keys());
  throw strategyProblem(
    `${path}.name`,
    `found no strategy "${name}"; ${near === undefined ? `known: ${[...known.keys()].join(", ")}` : `did you mean "${near}"?`}`,
  );
}

function strategyProblem(path: string, message: string): ProblemError {
  return new ProblemError(400, "strategy", `${path}: ${message}. See GET /strategies.`, {
    errors: [{ path, message }],
  });
}

/** The planned run of a spec; what is wrong with its data is told with the field. */
export function planOfRequest(spec: Spec, { stores }: ApiDeps): Promise<PlannedRun> {
  return overData("data.snapshot", () => planRun(spec, stores));
}

/** What `work` answers over the data that the field of this path names. Throws ProblemError where there is none. */
export async function overData<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BarsInputError)) throw error;
    throw new ProblemError(400, "unknown-snapshot", error.message, {
      errors: [{ path, message: error.message }],
      cause: error,
    });
  }
}

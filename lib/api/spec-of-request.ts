import { closest } from "../engine/closest.ts";
import { BarsInputError } from "../market/bars-input-error.ts";
import { parseSpec } from "../run/parse-spec.ts";
import type { Spec } from "../run/spec.ts";
import { type PlannedRun, planRun } from "../run/start-run.ts";
import type { ApiDeps } from "./api-deps.ts";
import { ProblemError } from "./problem.ts";

/** The spec in a request, with its defaults filled in. It names a strategy: code is never taken from a request, nor from a path that one gives. */
export function specOfRequest(value: unknown, { strategies }: ApiDeps): Spec {
  const spec = parseSpec(value, "The spec");
  const { name, file } = spec.strategy;
  if (file !== undefined || name === undefined)
    throw strategyProblem(
      "strategy.file",
      "expected strategy.name: the API runs the strategies it knows by name, no files",
    );
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u.test(name) || name.includes(".."))
    throw strategyProblem("strategy.name", "expected the name of a strategy, found what could be a path");
  const known = strategies();
  if (known.has(name)) return spec;
  const near = closest(name, known.keys());
  throw strategyProblem(
    "strategy.name",
    `found no strategy "${name}"; ${near === undefined ? `known: ${[...known.keys()].join(", ")}` : `did you mean "${near}"?`}`,
  );
}

function strategyProblem(path: string, message: string): ProblemError {
  return new ProblemError(400, "strategy", `${path}: ${message}. See GET /strategies.`, {
    errors: [{ path, message }],
  });
}

/** The planned run of a spec; what is wrong with its data is told with the field. */
export async function planOfRequest(spec: Spec, { stores }: ApiDeps): Promise<PlannedRun> {
  try {
    return await planRun(spec, stores);
  } catch (error) {
    if (!(error instanceof BarsInputError)) throw error;
    throw new ProblemError(400, "unknown-snapshot", error.message, {
      errors: [{ path: "data.snapshot", message: error.message }],
      cause: error,
    });
  }
}

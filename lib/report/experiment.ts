import { canonicalJson } from "../engine/canonical-json.ts";
import { InputError } from "../engine/input-error.ts";
import type { JsonValue } from "../engine/json.ts";
import type { Metrics } from "../engine/metrics.ts";
import type { ComparedRun } from "../sweep/compare-runs.ts";
import type { TimedSeries } from "../sweep/parity.ts";
import type { ExportTable } from "./export-tables.ts";
import type { RunDocument } from "./run-document.ts";
import type { SweepDocument } from "./sweep-document.ts";

/** A run's lane or a sweep, finished: what it assumed, what came out, and its equity when it is asked for. */
export type Experiment = ComparedRun & {
  readonly kind: "run" | "sweep";
  readonly metrics: Metrics;
  readonly currency: string;
  readonly resultDigest: string | null;
  /** All that its spec digest covers but the code, as text: equal texts with different digests are different code. */
  readonly written: string;
  readonly specDigest: string;
  readonly cash: number;
  /** Empty when none was kept. */
  curve(): Promise<TimedSeries>;
};

/** An experiment that cannot be set beside another. */
export class ExperimentError extends InputError {
  override readonly name = "ExperimentError";
}

/** What is read of a run, here or through the API. */
export type RunWithSpec = Pick<
  RunDocument,
  "runId" | "status" | "lanes" | "engineVersion" | "specDigest" | "data" | "resultDigest" | "currency"
> & { readonly spec: JsonValue };

/** One lane of a run; `lane` may be left out when it is the only one. Throws ExperimentError for another, or for a run that is not completed. */
export function runExperiment(
  run: RunWithSpec,
  lane: number | undefined,
  equity: (lane: number) => Promise<ExportTable>,
): Experiment {
  const { runId, status, lanes } = run;
  const place = `${runId}:${lane ?? 0}`;
  if (lanes.length > 1 && lane === undefined)
    throw new ExperimentError(
      `Run "${runId}" has ${lanes.length} lanes: say which one, ${runId}:0 to ${runId}:${lanes.length - 1}.`,
    );
  const chosen = lanes[lane ?? 0];
  if (chosen === undefined)
    throw new ExperimentError(
      `${place}: run "${runId}" has ${lanes.length} lane(s), expected ${runId}:0 to ${runId}:${lanes.length - 1}.`,
    );
  if (chosen.metrics === null)
    throw new ExperimentError(
      `Run "${runId}" is ${status}, expected a completed one. Go on with it: backstitch resume ${runId}`,
    );
  const { engineVersion, specDigest, data, resultDigest, currency } = run;
  const key = { engineVersion, snapshotId: data.snapshotId };
  return {
    kind: "run",
    label: lanes.length === 1 ? runId : place,
    assumptions: { ...specAssumptions(run.spec, chosen.params), ...key },
    written: canonicalJson({
      ...specAssumptions(
        run.spec,
        lanes.map(({ params }) => params),
      ),
      ...key,
    }),
    metrics: chosen.metrics,
    currency,
    resultDigest,
    specDigest,
    cash: cashOf(run.spec),
    curve: async () => readCurve(await equity(lane ?? 0)),
  };
}

/** What is read of a sweep, here or through the API. */
export type SweepWithSpec = Pick<
  SweepDocument,
  "sweepId" | "status" | "stitched" | "best" | "engineVersion" | "specDigest" | "snapshotId" | "resultDigest" | "spec"
>;

/** A sweep by its stitched record out of sample, whose equity is given, or by its best lane where it has none. Throws ExperimentError before there is an answer. */
export function sweepExperiment(sweep: SweepWithSpec, equity: () => ExportTable): Experiment {
  const { sweepId, status, stitched, best, spec, engineVersion, specDigest, snapshotId, resultDigest } = sweep;
  const metrics = stitched?.metrics ?? best?.metrics;
  if (metrics === undefined)
    throw new ExperimentError(
      `Sweep "${sweepId}" is ${status} and has no winner, expected one that is completed. Go on with it: backstitch sweep resume ${sweepId}`,
    );
  const { name: _name, tags: _tags, maxLanes: _maxLanes, facts: _facts, base, ...rest } = objectOf(spec);
  const params = objectOf(objectOf(base).strategy).params ?? {};
  const assumptions = { ...specAssumptions(base ?? {}, params), sweep: rest, engineVersion, snapshotId };
  return {
    kind: "sweep",
    label: sweepId,
    assumptions,
    written: canonicalJson(assumptions),
    metrics,
    currency: String(objectOf(objectOf(base).account).currency),
    resultDigest,
    specDigest,
    cash: cashOf(base ?? {}),
    curve: () => readCurve(equity()),
  };
}

/** What of a run's spec can change a number, as in its digest: not the name, tags, checkpoint policy or the snapshot's name; `params` instead of what was written of them. */
export function specAssumptions(spec: JsonValue, params: JsonValue): { readonly [name: string]: JsonValue } {
  const { name: _name, tags: _tags, checkpoint: _checkpoint, ...rest } = objectOf(spec);
  const { snapshot: _snapshot, ...data } = objectOf(rest.data);
  const { lanes: _lanes, ...strategy } = objectOf(rest.strategy);
  return { ...rest, data, strategy: { ...strategy, params } };
}

function cashOf(spec: JsonValue): number {
  return Number(objectOf(objectOf(spec).account).cash);
}

/** The fields of a JSON object; none of anything else. */
export function objectOf(value: JsonValue | undefined): { readonly [name: string]: JsonValue } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return value as { readonly [name: string]: JsonValue };
}

async function readCurve({ columns, pieces }: ExportTable): Promise<TimedSeries> {
  const [time, equity] = ["timeMs", "equity"].map((wanted) => columns.findIndex(({ name }) => name === wanted));
  const timeMs: number[] = [];
  const value: number[] = [];
  for await (const rows of pieces) {
    for (const row of rows) {
      timeMs.push(Number(row[time ?? 0]));
      value.push(Number(row[equity ?? 0]));
    }
  }
  return { timeMs, value };
}

/** The experiments as a comparison takes them. Where two were written alike and yet have different spec digests, the strategy's code differs, and that is one of the differences. */
export function comparedRuns(experiments: readonly Experiment[]): ComparedRun[] {
  const codes = new Map<string, Set<string>>();
  for (const { written, specDigest } of experiments)
    codes.set(written, (codes.get(written) ?? new Set()).add(specDigest));
  const isCodeDifferent = [...codes.values()].some((digests) => digests.size > 1);
  return experiments.map(({ label, assumptions, metrics, specDigest }) => ({
    label,
    metrics,
    assumptions: isCodeDifferent ? { ...objectOf(assumptions), specDigest } : assumptions,
  }));
}

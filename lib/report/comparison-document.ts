import { type Comparison, compareRuns } from "../sweep/compare-runs.ts";
import { metricParity, parityPresets, seriesParity } from "../sweep/parity.ts";
import { comparedRuns, type Experiment } from "./experiment.ts";

export type ParityPreset = keyof typeof parityPresets;

/** What `compare --json` and the API answer. A field that a side does not have is null. */
export function comparisonDocument({ labels, differences, metrics }: Comparison, experiments: readonly Experiment[]) {
  return {
    compared: labels.map((label, i) => ({
      id: label,
      kind: experiments[i]?.kind ?? "run",
      resultDigest: experiments[i]?.resultDigest ?? null,
    })),
    differences: differences.map(({ path, values }) => ({ path, values: values.map((value) => value ?? null) })),
    metrics: metrics.map(({ best = [], worst = [], ...rest }) => ({ ...rest, best, worst })),
  };
}

/** What `parity --json` and the API answer: every check of the preset, of the curves too where both sides keep one. */
export async function parityDocument(a: Experiment, b: Experiment, preset: ParityPreset) {
  const limits = parityPresets[preset];
  const [one, other] = [await a.curve(), await b.curve()];
  const hasCurves = one.value.length > 0 && other.value.length > 0;
  const checks = [
    ...metricParity(a.metrics, b.metrics, limits),
    ...(hasCurves ? seriesParity(one, other, limits.series) : []),
  ];
  const { differences } = compareRuns(comparedRuns([a, b]));
  return {
    a: { id: a.label, kind: a.kind, resultDigest: a.resultDigest },
    b: { id: b.label, kind: b.kind, resultDigest: b.resultDigest },
    preset,
    limits,
    passed: checks.every(({ passed }) => passed),
    curves: hasCurves ? ("compared" as const) : ("missing" as const),
    checks,
    assumedDifferently: differences.map(({ path }) => path),
  };
}

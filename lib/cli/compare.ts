import { resolve } from "node:path";
import type { JsonValue } from "../engine/json.ts";
import { comparisonDocument } from "../report/comparison-document.ts";
import { renderComparison } from "../report/comparison-page.ts";
import { comparedRuns, type Experiment } from "../report/experiment.ts";
import { metricDefinitions } from "../report/metric-definitions.ts";
import { metricText } from "../report/metrics-section.ts";
import { type Comparison, ComparisonError, compareRuns } from "../sweep/compare-runs.ts";
import { isMetricName } from "../sweep/metric-directions.ts";
import type { CloudFlags } from "./cloud-flags.ts";
import { withExperiments } from "./compare-experiments.ts";
import type { Console, ExitCode } from "./console.ts";
import { sizeText } from "./quantity-text.ts";
import { left, nameList, right, textTable } from "./text-table.ts";
import { onePiece, writeFileWhole } from "./write-file.ts";

export type CompareFlags = CloudFlags & { readonly out?: string };

/** `compare`: what 2 to 10 runs assumed differently, and their metrics side by side; with --out also their equity in one page. */
export async function compare(references: readonly string[], flags: CompareFlags, console: Console): Promise<ExitCode> {
  // Before anything is read: the message must not wait for ten runs.
  if (references.length < 2 || references.length > 10)
    throw new ComparisonError(`compare: expected 2 to 10 runs or sweeps, found ${references.length}.`);
  const { comparison, experiments, page } = await withExperiments(references, flags, async (found) => {
    const compared = compareRuns(comparedRuns(found));
    return {
      comparison: compared,
      experiments: found,
      page: flags.out === undefined ? undefined : await renderComparison(compared, found),
    };
  });
  const file = flags.out === undefined ? undefined : resolve(flags.out);
  const sizeBytes = file === undefined || page === undefined ? 0 : await writeFileWhole(file, onePiece(page));
  const written = file === undefined ? "" : `\n\nWrote the comparison to ${file} (${sizeText(sizeBytes)}).`;
  console.answer(
    { ...comparisonDocument(comparison, experiments), ...(file === undefined ? {} : { file, sizeBytes }) },
    comparisonText(comparison, experiments) + written,
  );
  return 0;
}

function comparisonText({ labels, differences, metrics }: Comparison, experiments: readonly Experiment[]): string {
  const letters = labels.map((_, i) => letterOf(i));
  const isSame = new Set(experiments.map(({ resultDigest, label }) => resultDigest ?? label)).size === 1;
  const different = metrics.filter(({ values }) => new Set(values).size > 1);
  const rows = different.map(({ name, values, best = [], worst = [] }) => [
    `  ${labelOf(name)}`,
    ...values.map((value, i) => `${valueText(name, value)} ${best.includes(i) ? "▲" : worst.includes(i) ? "▼" : " "}`),
  ]);
  const equal = metrics.length - different.length;
  return [
    nameList(labels.map((label, i) => [letterOf(i), label] as const)),
    "",
    ...(differences.length === 0
      ? ["Nothing that was assumed differs."]
      : [
          textTable(
            [left("ASSUMED"), ...letters.map(right)],
            differences.map(({ path, values }) => [`  ${path}`, ...values.map(assumedText)]),
          ),
        ]),
    "",
    ...(different.length === 0
      ? [`All ${metrics.length} metrics are equal${isSame ? ", and so are the result digests" : ""}.`]
      : [
          textTable([left("METRIC"), ...letters.map((letter) => right(`${letter}  `))], rows),
          "",
          `▲ best, ▼ worst. ${equal === 0 ? "" : `${equal} more metrics are equal on all sides (--json has them).`}`.trimEnd(),
        ]),
  ].join("\n");
}

function letterOf(index: number): string {
  return String.fromCharCode(65 + index);
}

function labelOf(name: string): string {
  return isMetricName(name) ? metricDefinitions[name].label : name;
}

function valueText(name: string, value: number | null): string {
  return isMetricName(name) ? metricText(value, metricDefinitions[name].unit) : String(value);
}

/** As it would stand in a spec; long values end in "…". */
function assumedText(value: JsonValue | undefined): string {
  if (value === undefined) return "(absent)";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}

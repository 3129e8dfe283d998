import { stringify } from "yaml";
import type { QualityReport } from "../market/snapshot-manifest.ts";
import { clockText, countOf, countText, durationText, timeText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { inferencesText } from "./inferences.ts";
import type { ReportInput } from "./report-input.ts";

/** Where the numbers come from, and what one needs to compute them again. */
export function provenanceSection(input: ReportInput): Html {
  return html`<section id="provenance" aria-labelledby="provenance-title">
<h2 id="provenance-title">Provenance</h2>
<table class="plain provenance"><tbody>${rows(input).map(
    ([name, value]) => html`
<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
  )}</tbody></table>
${qualityNotes(input)}
<details class="spec"><summary>The spec as it ran</summary><pre>${stringify(input.run.spec)}</pre></details>
</section>`;
}

function rows({
  run,
  snapshot,
  segments,
  checkpoints,
  curves,
  models,
  lanes,
  lane,
}: ReportInput): (readonly [string, Html])[] {
  const head = checkpoints[checkpoints.length - 1];
  const machines = new Set(segments.map(({ host }) => host));
  const workMs = segments.reduce((sum, segment) => sum + segment.durationMs, 0);
  const list: (readonly [string, Html])[] = [
    ["Run", html`<code>${run.runId}</code>`],
    [
      "Result digest",
      run.resultDigest === undefined ? html`none: not finished` : html`<code>${run.resultDigest}</code>`,
    ],
    ["Spec digest", html`<code>${run.specDigest}</code> (covers the strategy’s code)`],
    ["Snapshot", html`<code>${run.snapshotId}</code>${snapshot === undefined ? " (not in the stores any more)" : ""}`],
    ["Engine version", html`${run.engineVersion}`],
    ["Bars", html`${countText(run.startBar)} to ${countText(run.endBar - 1)} of the snapshot`],
    ["Created", html`${clockText(run.createdAtMs)}`],
    ["Last changed", html`${clockText(run.updatedAtMs)}`],
    [
      "Computed",
      machines.size === 0
        ? html`not yet`
        : html`in ${durationText(workMs)} of segments, on ${[...machines].slice(0, 8).join(", ")}${machines.size > 8 ? ` and ${machines.size - 8} more` : ""}`,
    ],
  ];
  for (const { name, version, modelId, training } of models)
    list.push([
      "Model",
      html`${name} ${version} <code>${modelId}</code>, trained on ${training.symbols.join(", ")}, ${training.from} to ${training.to}`,
    ]);
  const inferences = inferencesText(lanes[lane]?.report);
  if (inferences !== undefined) list.push(["Inferences", html`${inferences}`]);
  if (head !== undefined) {
    list.push([
      "Newest checkpoint",
      html`<code>${head.checkpointId}</code> (sequence ${head.sequence}, after bar ${countText(head.barIndex - 1)}, ${countText(head.stateBytes)} bytes; ${countText(checkpoints.length)} kept)`,
    ]);
  }
  if (run.origin !== undefined) {
    list.push([
      "Origin",
      html`${run.origin.kind === "fork" ? "forked from" : "extends"} <code>${run.origin.runId}</code> at checkpoint <code>${run.origin.checkpointId}</code>`,
    ]);
  }
  if (snapshot !== undefined) {
    const files = snapshot.sources.map(({ fileName, sha256 }) => html`<div>${fileName} <code>${sha256}</code></div>`);
    list.push([
      "Source files",
      files.length === 0
        ? html`none: bars made in code`
        : html`${files.slice(0, 20)}${files.length > 20 ? `and ${countText(files.length - 20)} more` : ""}`,
    ]);
    list.push([
      "Prices",
      html`${snapshot.adjust === "none" ? "as in the files" : "adjusted for splits and dividends"}; missing values: ${snapshot.missing}`,
    ]);
  }
  if (curves !== undefined && curves.bucketBars > 1) {
    list.push([
      "Drawing",
      html`${countText(curves.bucketBars)} bars to a drawn bar; a curve keeps every stretch’s first, last, highest and lowest point. The metrics see every bar.`,
    ]);
  }
  return list;
}

function qualityNotes({ snapshot }: ReportInput): Html {
  const quality = snapshot?.quality[0];
  if (quality === undefined) return html``;
  const notes = [...counted(quality), ...quality.notes];
  const gaps = [...quality.gaps].sort((a, b) => b.missingBars - a.missingBars || a.fromMs - b.fromMs).slice(0, 10);
  return html`<h3>Quality of the whole snapshot</h3>
${notes.length === 0 ? html`<p class="empty">No gaps, filled bars, dropped rows or outliers were found in ${countText(quality.rowsRead)} rows.</p>` : html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${
  gaps.length === 0
    ? ""
    : html`<details><summary>${gaps.length < quality.gapCount ? `The ${gaps.length} longest of ${countText(quality.gapCount)} gaps` : "Gaps"}</summary><ul>${gaps.map(
        ({ fromMs, toMs, missingBars }) =>
          html`<li>${timeText(fromMs)} to ${timeText(toMs)}: ${countOf(missingBars, "bar")}</li>`,
      )}</ul></details>`
}`;
}

function counted(quality: QualityReport): string[] {
  const counts: readonly (readonly [number, string])[] = [
    [quality.gapCount, `gaps with ${countText(quality.missingBarCount)} missing bars together`],
    [quality.filledBarCount, "bars in which a missing value was filled"],
    [quality.droppedRowCount, "rows dropped"],
    [quality.outlierCount, "outliers (a close that moved unusually far)"],
    [quality.zeroVolumeBarCount, "bars without volume"],
  ];
  return counts.filter(([count]) => count > 0).map(([count, what]) => `${countText(count)} ${what}`);
}

import type { ParameterSensitivity } from "../sweep/parameter-stability.ts";
import { countText, percentText, ratioText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { rangeOf } from "./line-chart.ts";
import { valueText } from "./params-text.ts";
import { objectiveName, objectiveText } from "./sweep-figures.ts";
import type { SweepReportInput } from "./sweep-report-input.ts";
import type { SurfaceData } from "./sweep-surface.ts";

/** The objective over the space as a map of two axes, and what each parameter does to it. */
export function surfaceSection(input: SweepReportInput, data: SurfaceData | undefined): Html {
  const surface = input.result?.surface;
  if (data === undefined || surface === null || surface === undefined) return html``;
  const { objective } = input;
  const ranked = data.axes.map(({ labels }, i) => ({ i, cells: labels.length })).sort((a, b) => b.cells - a.cells);
  const [x, y] = [ranked[0]?.i ?? 0, ranked[1]?.i ?? -1].sort((a, b) => b - a);
  const choice = (
    id: string,
    label: string,
    options: readonly (readonly [string | number, string])[],
    chosen: string | number,
  ) =>
    options.length < 2
      ? html``
      : html`<label>${label} <select id="${id}">${options.map(([value, text]) => html`<option value="${value}"${value === chosen ? html` selected` : ""}>${text}</option>`)}</select></label> `;
  const axes = data.axes.map(({ name }, i) => [i, name] as const);
  return html`<section id="surface" aria-labelledby="surface-title"><h2 id="surface-title">The parameters’ map</h2>
<p class="note">${objectiveName(objective)} in-sample. A good parameter set has good neighbours: a lone bright cell is luck, a bright region may be something.</p>
<div class="choices">${choice("map-x", "Across", axes, x ?? 0)}${choice("map-y", "Down", [...axes, [-1, "nothing"] as const], y ?? -1)}${choice(
    "map-of",
    "Of",
    data.maps.map(({ label }, i) => [i, label] as const),
    0,
  )}${choice(
    "map-shows",
    "Shown",
    [
      ["mean", "mean over the other parameters"],
      ["best", "best over the other parameters"],
      ["around", "average of each set and its neighbours"],
    ],
    "mean",
  )}</div>
<div class="map-frame"><div id="map" role="img" aria-label="Map of the objective over two parameters"></div></div>
<div class="map-legend"><span id="map-low"></span><i></i><span id="map-high"></span><span class="map-best">▢ the chosen set</span></div>
${stabilityNote(input)}
${parametersTable(input)}
</section>`;
}

function stabilityNote({ result, objective }: SweepReportInput): Html {
  const stability = result?.surface?.stability;
  if (stability === null || stability === undefined) return html``;
  const text = objectiveText(objective);
  const share = stability.stability;
  const verdict =
    share === null
      ? ""
      : share > 0.9
        ? " It stands on a plateau."
        : share > 0.6
          ? " Its surroundings are lower."
          : " It is a lone peak: do not trust it.";
  return html`<p>${result !== undefined && result.windows.length > 1 ? "On average over the windows the newest chosen set has" : "The chosen set has"} ${text(stability.value)}; with its ${countText(stability.neighbours)} neighbours one step away the average is ${text(stability.neighbourhoodMean)}${share === null ? "" : ` (stability ${ratioText(share)})`}.${verdict}</p>`;
}

/** For each parameter: how much it explains, what each value gives, and how far the winners moved along it. */
function parametersTable({ result, objective }: SweepReportInput): Html {
  const { sensitivity = [] } = result?.surface ?? {};
  const drift = new Map((result?.drift ?? []).map((each) => [each.name, each]));
  const varied = sensitivity.filter(({ values }) => values.length > 1);
  if (varied.length === 0) return html``;
  return html`<h3>What each parameter does</h3>
<div class="scroll"><table class="plain parameters"><thead><tr><th scope="col">Parameter</th><th scope="col">Explains</th><th scope="col">Mean ${objectiveName(objective)} by value</th>${drift.size === 0 ? "" : html`<th scope="col">Winners moved</th><th scope="col">Changed</th>`}</tr></thead><tbody>${varied.map(
    (each) => {
      const moved = drift.get(each.name);
      return html`
<tr><th scope="row">${each.name}</th><td><span class="bar" style="--share:${Math.round((each.share ?? 0) * 100)}%"></span> ${each.share === null ? "–" : `${Math.round(each.share * 100)}%`}</td><td>${spark(each, objective)}</td>${drift.size === 0 ? "" : html`<td>${percentText(moved?.meanMove)} of the axis</td><td>${percentText(moved?.changes)} of the times</td>`}</tr>`;
    },
  )}</tbody></table></div>
<p class="note">Explains: the share of the objective’s variance over the lanes that the parameter alone accounts for (first-order effect; Sobol, 1993).${drift.size === 0 ? "" : " Moved: the mean distance between the winners of consecutive windows; a strategy with an edge has no need to jump."}</p>`;
}

function spark({ values }: ParameterSensitivity, objective: SweepReportInput["objective"]): Html {
  const text = objectiveText(objective);
  const { min, max } = rangeOf(values.map(({ mean }) => mean));
  const x = (i: number) => Math.round((i / Math.max(1, values.length - 1)) * 1_000) / 10;
  const y = (mean: number) => Math.round((1 - (mean - min) / (max - min)) * 300) / 10;
  const [first, last] = [values[0], values.at(-1)];
  const tip = values
    .slice(0, 40)
    .map(({ value, mean }) => `${valueText(value)}: ${text(mean)}`)
    .join("\n");
  return html`<span class="spark" data-tip="${tip}${values.length > 40 ? "\n…" : ""}"><span>${valueText(first?.value)}</span><svg viewBox="0 -2 100 34" preserveAspectRatio="none" aria-hidden="true"><path d="${values.map(({ mean }, i) => `${i === 0 ? "M" : "L"}${x(i)} ${y(mean)}`).join("")}"/></svg><span>${valueText(last?.value)}</span></span>`;
}

import type { JsonValue } from "../engine/json.ts";
import type { Comparison } from "../sweep/compare-runs.ts";
import { isMetricName } from "../sweep/metric-directions.ts";
import type { Experiment } from "./experiment.ts";
import { changeText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { type ChartLine, lineChart, plotLegend } from "./line-chart.ts";
import { metricDefinitions } from "./metric-definitions.ts";
import { metricText } from "./metrics-section.ts";
import { pageShell } from "./page-shell.ts";
import { plotScript } from "./plot-script.ts";
import { plotStyle } from "./plot-style.ts";
import { thinSeries } from "./thin-series.ts";

/** Points of each curve that are drawn. */
const pointLimit = 1_500;

/** A comparison as one HTML page that loads nothing else: what was assumed, the equity of all in one chart, and the metrics. Reads the curves. */
export async function renderComparison(comparison: Comparison, experiments: readonly Experiment[]): Promise<string> {
  const lines: ChartLine[] = [];
  for (const [colour, { label, cash, curve }] of experiments.entries()) {
    const points = thinSeries(await curve(), pointLimit);
    lines.push({ label, colour, points: points.map(({ timeMs, value }) => ({ timeMs, value: value / cash - 1 })) });
  }
  return pageShell({
    title: `Comparison of ${comparison.labels.join(", ")}`.slice(0, 200),
    style: plotStyle + comparisonStyle,
    scripts: [plotScript],
    body: html`<header><div class="title"><h1>Comparison</h1></div>
<p class="facts">${comparison.labels.map((label, i) => html`<span><i class="dot l-${i}"></i>${label}</span>`)}</p></header>
${assumedSection(comparison)}
${equitySection(lines)}
${metricsSection(comparison)}
<footer>Made by Backstitch. All times are UTC.</footer>`,
  });
}

function assumedSection({ labels, differences }: Comparison): Html {
  return html`<section id="assumed" aria-labelledby="assumed-title"><h2 id="assumed-title">What was assumed differently</h2>
${
  differences.length === 0
    ? html`<p class="empty">Nothing.</p>`
    : html`<div class="scroll"><table class="rows side"><thead><tr><th scope="col">Field</th>${headings(labels)}</tr></thead><tbody>${differences.map(
        ({ path, values }) => html`
<tr><th scope="row"><code>${path}</code></th>${values.map((value) => html`<td class="number">${assumedText(value)}</td>`)}</tr>`,
      )}</tbody></table></div>`
}</section>`;
}

function headings(labels: readonly string[]): Html[] {
  return labels.map((label, i) => html`<th scope="col" class="numeric"><i class="dot l-${i}"></i>${label}</th>`);
}

function assumedText(value: JsonValue | undefined): string {
  if (value === undefined) return "absent";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function equitySection(lines: readonly ChartLine[]): Html {
  const drawn = lines.filter(({ points }) => points.length > 0);
  const missing = lines.filter(({ points }) => points.length === 0).map(({ label }) => label);
  return html`<section id="equity" aria-labelledby="equity-title"><h2 id="equity-title">Equity</h2>
${plotLegend(drawn)}
${lineChart({ id: "overlay", title: "The change of equity since the start, of all that is compared", lines: drawn, heightPx: 360, valueText: changeText })}
<p class="note">Change since the start, in percent of the starting cash.${missing.length === 0 ? "" : ` No equity is kept of ${missing.join(", ")}.`}</p></section>`;
}

function metricsSection({ labels, metrics }: Comparison): Html {
  const different = metrics.filter(({ values }) => new Set(values).size > 1);
  return html`<section id="metrics" aria-labelledby="metrics-title"><h2 id="metrics-title">Metrics</h2>
${
  different.length === 0
    ? html`<p class="empty">All ${metrics.length} metrics are equal.</p>`
    : html`<div class="scroll"><table class="rows side"><thead><tr><th scope="col">Metric</th>${headings(labels)}</tr></thead><tbody>${different.map(
        ({ name, values, best = [], worst = [] }) => html`
<tr><th scope="row">${isMetricName(name) ? metricDefinitions[name].label : name}</th>${values.map((value, i) =>
          best.includes(i)
            ? html`<td class="number best">${valueText(name, value)} <span aria-label="best">▲</span></td>`
            : worst.includes(i)
              ? html`<td class="number worst">${valueText(name, value)} <span aria-label="worst">▼</span></td>`
              : html`<td class="number">${valueText(name, value)} <span class="blank">▼</span></td>`,
        )}</tr>`,
      )}</tbody></table></div><p class="note">▲ best, ▼ worst; no mark where neither way is better. ${different.length < metrics.length ? `${metrics.length - different.length} more metrics are equal on all sides.` : ""}</p>`
}</section>`;
}

function valueText(name: string, value: number | null): string {
  return isMetricName(name) ? metricText(value, metricDefinitions[name].unit) : String(value);
}

const comparisonStyle = `
.dot { display: inline-block; width: 10px; height: 10px; margin-right: 7px; border-radius: 50%; background: currentColor; }
.side th[scope="row"] { font-weight: 500; }
.side .best { color: var(--gain); } .side .worst { color: var(--loss); }
.side .blank { visibility: hidden; }
.side thead th { white-space: normal; overflow-wrap: anywhere; min-width: 90px; }
`;

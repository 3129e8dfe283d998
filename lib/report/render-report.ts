import { chartPoints } from "./chart-points.ts";
import { chartNotice, chartScript } from "./chart-script.ts";
import { countText } from "./figures.ts";
import { heading, keyFigures } from "./heading.ts";
import { type Html, html, scriptJson } from "./html.ts";
import { metricsSection } from "./metrics-section.ts";
import { pageScript } from "./page-script.ts";
import { pageShell } from "./page-shell.ts";
import { provenanceSection } from "./provenance.ts";
import type { ReportInput } from "./report-input.ts";
import { seamsStrip } from "./seams-section.ts";
import { lanesSection, ordersSection, returnsSection, tradesSection } from "./tables.ts";

/** The report as one HTML page that loads nothing else. */
export function renderReport(input: ReportInput): string {
  const { run, spec, lanes, lane, curves } = input;
  const metrics = lanes[lane]?.metrics;
  const { currency } = spec.account;
  return pageShell({
    title: `${run.name}: backtest report`,
    style: "",
    body: html`${heading(input)}
${metrics === undefined ? "" : keyFigures(metrics, curves?.benchmark, currency)}
${equitySection(input)}
${priceSection(input)}
${lanesSection(input)}
${returnsSection(input)}
${tradesSection(input)}
${metrics === undefined ? "" : metricsSection(metrics, currency)}
${ordersSection(input)}
${provenanceSection(input)}
<footer>Made by Backstitch from run ${run.runId}. All times are UTC. Charts: <a href="${chartNotice.url}">${chartNotice.text}</a></footer>`,
    data: scriptJson(chartPoints(input)),
    scripts: [chartScript(), pageScript],
  });
}

function equitySection(input: ReportInput): Html {
  const { curves, spec } = input;
  return html`<section id="equity" aria-labelledby="equity-title">
<div class="chart-head"><h2 id="equity-title">${curves === undefined ? "Seams" : "Equity and drawdown"}</h2>${curves === undefined ? "" : tools(0)}</div>
${
  curves === undefined
    ? html`<p class="empty">The snapshot of this run is not in the stores any more, so that there are no curves. Import the same files again: the id is that of their content.</p>`
    : html`${curves.hasEquity ? "" : html`<p class="note">${spec.record.facts === "summary" ? "The spec keeps no equity (record.facts: summary): only the benchmark is drawn." : "No equity is stored yet: only the benchmark is drawn."}</p>`}
<div class="legend" id="equity-legend"></div>
<div class="chart" id="equity-chart" role="img" aria-label="Equity, buy and hold of the same cash, and drawdown over time"></div><img class="print-chart" alt="Equity, buy and hold, and drawdown">`
}
${seamsStrip(input)}
</section>`;
}

function priceSection({ curves, trades, snapshot }: ReportInput): Html {
  if (curves === undefined) return html``;
  const marked =
    trades.listed.length < trades.count
      ? `The ${countText(trades.listed.length)} of ${countText(trades.count)} trades with the largest profit or loss are marked. `
      : "";
  const joined = curves.bucketBars > 1 ? `${countText(curves.bucketBars)} bars are drawn as one. ` : "";
  return html`<section id="price" aria-labelledby="price-title">
<div class="chart-head"><h2 id="price-title">Trades on ${snapshot?.instruments[0]?.symbol ?? "the price"}</h2>${tools(1)}</div>
<div class="legend" id="price-legend"></div>
<div class="chart" id="price-chart" role="img" aria-label="Price with the entries and exits of trades"></div><img class="print-chart" alt="Price with trades">
<p class="note">▲ bought, ▼ sold short, ● closed; green won, red lost. ${marked}${joined}Drag to move, Ctrl and the wheel (or pinch) to zoom; both charts and the strip move together.</p>
</section>`;
}

function tools(chart: number): Html {
  return html`<span class="tools" data-chart="${chart}"><button type="button" data-zoom="0">All</button> <button type="button" data-zoom="0.5" aria-label="Zoom in">+</button> <button type="button" data-zoom="2" aria-label="Zoom out">−</button></span>`;
}

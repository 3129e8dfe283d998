import type { Metrics } from "../engine/metrics.ts";
import { countText, durationText, moneyText, percentText, ratioText, timeText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { type MetricUnit, metricDefinitions } from "./metric-definitions.ts";

/** All metrics in their groups, each with its definition. */
export function metricsSection(metrics: Metrics, currency: string): Html {
  const groups = Map.groupBy(Object.entries(metricDefinitions), ([, { group }]) => group);
  return html`<section id="metrics" aria-labelledby="metrics-title">
<h2 id="metrics-title">Metrics</h2>
<p class="note">r: simple returns from one period’s last equity to the next. A: periods in a year. E: equity. Trades are closed trades. Amounts in ${currency}; ${"–"} where a metric is undefined.</p>
<div class="groups">${[...groups].map(
    ([group, list]) =>
      html`<table class="group"><caption>${group}</caption><tbody>${list.map(
        ([name, { label, unit, definition }]) => html`
<tr><th scope="row">${label}<span class="definition">${definition}</span></th><td>${metricText(metrics[name as keyof Metrics], unit)}</td></tr>`,
      )}</tbody></table>`,
  )}</div>
</section>`;
}

/** A metric as a person reads it. */
export function metricText(value: number | null, unit: MetricUnit): string {
  switch (unit) {
    case "money":
      return moneyText(value);
    case "fraction":
      return percentText(value);
    case "ratio":
      return ratioText(value);
    case "count":
      return countText(value);
    case "time":
      return timeText(value);
    case "duration":
      return durationText(value);
  }
}

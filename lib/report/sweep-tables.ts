import { isMetricName } from "../sweep/metric-directions.ts";
import { changeText, countOf, countText, percentText, ratioText } from "./figures.ts";
import { sign } from "./heading.ts";
import { type Html, html } from "./html.ts";
import { metricDefinitions } from "./metric-definitions.ts";
import { metricText } from "./metrics-section.ts";
import { paramsText } from "./params-text.ts";
import { numberCell, sortableHead } from "./sortable-table.ts";
import { objectiveName, objectiveText } from "./sweep-figures.ts";
import { chosenParams } from "./sweep-heading.ts";
import type { LaneMean } from "./sweep-lane-means.ts";
import type { SweepReportInput } from "./sweep-report-input.ts";

/** Lanes that the page lists; all are in the exported table. */
const listedLanes = 200;

/** The best lanes by the mean of their objective over the windows. */
export function lanesSection(input: SweepReportInput): Html {
  const { lanes, objective, sweep, result } = input;
  if (lanes === undefined || result === undefined) return html``;
  const better = objective.direction === "maximise" ? -1 : 1;
  const ranked = lanes.lanes
    .filter((lane): lane is LaneMean & { readonly value: number } => lane.value !== null)
    .sort((a, b) => better * (a.value - b.value) || a.lane - b.lane)
    .slice(0, listedLanes);
  if (ranked.length === 0) return html``;
  const wins = winsOf(input);
  const text = objectiveText(objective);
  const over = result.windows.length > 1 ? "over the windows, in-sample" : "in-sample";
  const columns = laneColumns.filter(
    ({ metric }) => objective.terms.length > 1 || objective.terms[0]?.metric !== metric,
  );
  const heads = [...(wins === undefined ? [] : ["Windows won"]), ...columns.map(({ label }) => label)];
  return html`<section id="lanes" aria-labelledby="lanes-title"><h2 id="lanes-title">The best parameter sets</h2>
<div class="scroll"><table class="rows" data-page="15">${sortableHead(["Lane", "Parameters", objectiveName(objective), ...heads])}<tbody>${ranked.map(
    ({ lane, params, value, metrics }) => html`
<tr>${numberCell(lane, countText(lane))}<td>${paramsText(chosenParams(input, params))}</td>${numberCell(value, text(value))}${wins === undefined ? "" : numberCell(wins.get(lane) ?? 0, countText(wins.get(lane) ?? 0))}${columns.map(({ metric, textOf }) => numberCell(metrics[metric], textOf(metrics[metric]), metric === "totalReturn" ? sign(metrics[metric]) : ""))}</tr>`,
  )}</tbody></table></div>
<p class="note">Means ${over}. ${ranked.length < lanes.lanes.length ? `The best ${countText(ranked.length)} of ${countText(lanes.lanes.length)} are listed. ` : ""}The whole table: <code>backstitch sweep export ${sweep.sweepId}</code>.</p>
</section>`;
}

const laneColumns: readonly {
  readonly metric: keyof LaneMean["metrics"];
  readonly label: string;
  textOf(value: number | null): string;
}[] = [
  { metric: "totalReturn", label: "Return", textOf: changeText },
  { metric: "sharpe", label: "Sharpe", textOf: ratioText },
  { metric: "maxDrawdown", label: "Max drawdown", textOf: percentText },
  { metric: "closedTrades", label: "Trades", textOf: ratioText },
  { metric: "winRate", label: "Win rate", textOf: percentText },
  { metric: "profitFactor", label: "Profit factor", textOf: ratioText },
];

function winsOf({ result }: SweepReportInput): ReadonlyMap<number, number> | undefined {
  if (result === undefined || result.windows.length < 2) return undefined;
  const wins = new Map<number, number>();
  for (const { best } of result.windows) if (best !== null) wins.set(best.lane, (wins.get(best.lane) ?? 0) + 1);
  return wins;
}

/** Mean, extremes and deviation of every metric over all lanes. */
export function spreadsSection({ result }: SweepReportInput): Html {
  if (result === undefined) return html``;
  const rows = Object.keys(metricDefinitions).flatMap((name) => {
    const spread = result.spreads[name];
    if (!isMetricName(name) || spread === undefined || spread.count === 0) return [];
    const { label, unit } = metricDefinitions[name];
    if (unit === "time") return [];
    const text = (value: number | null) => metricText(value, unit === "count" ? "ratio" : unit);
    return [
      html`
<tr><th scope="row">${label}</th><td class="number">${text(spread.mean)}</td><td class="number">${metricText(spread.min, unit)}</td><td class="number">${metricText(spread.max, unit)}</td><td class="number">${text(spread.standardDeviation)}</td><td class="number">${countText(spread.count)}</td></tr>`,
    ];
  });
  return html`<section id="spreads" aria-labelledby="spreads-title"><h2 id="spreads-title">All lanes together</h2>
<p class="note">In-sample, over all windows. The best lane stands out of a crowd: look where the crowd is.</p>
<div class="scroll"><table class="rows spreads"><thead><tr><th scope="col">Metric</th>${["Mean", "Least", "Greatest", "Standard deviation", "Defined in"].map((name) => html`<th scope="col" class="numeric">${name}</th>`)}</tr></thead><tbody>${rows.slice(0, shownSpreads)}</tbody></table></div>
${rows.length > shownSpreads ? html`<details><summary>${rows.length - shownSpreads} more metrics</summary><div class="scroll"><table class="rows spreads"><tbody>${rows.slice(shownSpreads)}</tbody></table></div></details>` : ""}
</section>`;
}

const shownSpreads = 14;
const listedFailures = 50;

/** What could not be computed or chosen, and why. */
export function failuresSection(input: SweepReportInput): Html {
  const { result } = input;
  if (result === undefined) return html``;
  const excluded = new Map<string, number>();
  for (const { selection } of result.windows) {
    for (const { constraint, lanes } of selection.excluded)
      excluded.set(constraint, (excluded.get(constraint) ?? 0) + lanes);
  }
  const undefinedObjective = result.windows.reduce((sum, { selection }) => sum + selection.undefinedObjective, 0);
  const rows: (readonly [string, number])[] = [
    ...Object.entries(result.failures).map(
      ([category, count]) => [`failed: ${category.replaceAll("_", " ")}`, count] as const,
    ),
    ...[...excluded].map(([constraint, count]) => [`did not meet ${constraint}`, count] as const),
    ["objective undefined", undefinedObjective],
  ];
  const counted = rows.filter(([, count]) => count > 0);
  const listed = result.failedLanes.slice(0, listedFailures);
  return html`<section id="failures" aria-labelledby="failures-title"><h2 id="failures-title">What could not be chosen</h2>
${
  counted.length === 0
    ? html`<p class="empty">Nothing failed, and every lane met the constraints, in every window.</p>`
    : html`<table class="plain"><tbody>${counted.map(([what, count]) => html`<tr><th scope="row">${what}</th><td>${countOf(count, "lane")}</td></tr>`)}</tbody></table>
<p class="note">A lane counts once in each window.</p>`
}
${
  listed.length === 0
    ? ""
    : html`<details${listed.length <= 10 ? html` open` : ""}><summary>${listed.length < result.counts.failedRows ? `The first ${listed.length} of ${countText(result.counts.failedRows)} failures` : "The failures"}</summary><div class="scroll"><table class="plain failures"><tbody>${listed.map(
        ({ window, lane, params, failure }) => html`
<tr><th scope="row">window ${window}, lane ${lane}</th><td>${paramsText(chosenParams(input, params))}</td><td>${failure}</td></tr>`,
      )}</tbody></table></div></details>`
}
</section>`;
}

import type { StitchedResult } from "../sweep/sweep-result.ts";
import { countOf, countText, moneyText, timeText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { lineChart } from "./line-chart.ts";
import { metricsSection } from "./metrics-section.ts";
import type { SweepReportInput } from "./sweep-report-input.ts";

/** The winners' record out of sample, joined, with its drawdown and metrics. */
export function stitchedSection({ result, curve }: SweepReportInput): Html {
  const stitched = result?.stitched;
  if (stitched === null || stitched === undefined || curve === undefined) return html``;
  const bands = curve.stretches.map(({ window, fromMs, toMs }) => ({
    fromMs,
    toMs,
    text: `window ${window}: ${timeText(fromMs)} to ${timeText(toMs)}`,
  }));
  const joined =
    stitched.state === "carried"
      ? "Each window begins with the account of the one before it: cash, open positions and waiting orders; a trade counts in the window in which it ended."
      : stitched.capital === "chained"
        ? "Each window begins with the equity that the one before it ended with."
        : "Each window begins with the same cash; gains in money are added.";
  return html`<section id="stitched" aria-labelledby="stitched-title"><h2 id="stitched-title">Stitched equity, out of sample</h2>
<p class="note">The winner of each window on the bars after it, joined to one record of ${countText(stitched.points)} bars and ${countOf(stitched.trades, "trade")}. ${joined}${leftOpen(stitched)}</p>
${lineChart({
  id: "stitched-plot",
  title: "Stitched equity out of sample over time",
  lines: [{ label: "Equity", colour: 0, points: curve.equity }],
  bands,
  heightPx: 320,
  valueText: moneyOf,
})}
${lineChart({
  id: "drawdown-plot",
  title: "Drawdown of the stitched equity",
  lines: [{ label: "Drawdown", colour: 4, points: curve.drawdown }],
  filled: true,
  heightPx: 110,
  valueText: shortPercent,
})}
</section>`;

  function moneyOf(value: number): string {
    return Math.abs(value) >= 1_000 ? countText(value) : moneyText(value);
  }
}

/** Where windows begin flat, a gain that was still open at the end of one is in the equity but in no figure of trades. */
function leftOpen({ state, metrics: { openTrades } }: StitchedResult): Html {
  if (state === "carried" || openTrades === 0) return html``;
  return html` ${countOf(openTrades, "more position")} ${openTrades === 1 ? "was" : "were"} open at the end of a window: the equity has what they were worth there, the number of trades, win rate and profit factor leave them out. <code>base.execution.closeAtEnd: true</code> closes them there and counts them.`;
}

function shortPercent(value: number): string {
  return `${(value * 100).toFixed(1)}%`
    .replace("-", "−")
    .replace("−0.0%", "0%")
    .replace(/^0\.0%$/, "0%");
}

/** All metrics of the stitched record, or of the best lane where there is none. */
export function sweepMetricsSection({ result, spec }: SweepReportInput): Html {
  const metrics = result?.stitched?.metrics ?? result?.best?.metrics;
  if (metrics === undefined) return html``;
  const whose = result?.stitched != null ? "the stitched record out of sample" : "the best lane, in-sample";
  return html`<details id="all-metrics"><summary>All metrics of ${whose}</summary>${metricsSection(metrics, spec.base.account.currency)}</details>`;
}

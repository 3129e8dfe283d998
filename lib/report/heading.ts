import type { Metrics } from "../engine/metrics.ts";
import { inSampleWarnings } from "../run/models-of-run.ts";
import type { Benchmark } from "./collect-curves.ts";
import { changeText, countOf, countText, moneyText, percentText, ratioText, timeText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { paramsText } from "./params-text.ts";
import type { ReportInput } from "./report-input.ts";
import { branchMark } from "./seams.ts";

/** What ran, on what, and how it stands. */
export function heading(input: ReportInput): Html {
  const { run, spec, snapshot, curves, lanes, lane } = input;
  const instrument = snapshot?.instruments[0];
  const chosen = lanes[lane];
  const bars = countOf(run.endBar - run.startBar, "bar");
  const facts: Html[] = [
    html`<span>${run.strategy} <span class="params">${paramsText(chosen?.params ?? {})}</span></span>`,
    instrument === undefined
      ? html`<span>snapshot ${spec.data.snapshot}</span>`
      : html`<span>${instrument.symbol} ${instrument.timeframe}</span>`,
    curves === undefined
      ? html`<span>${bars}</span>`
      : html`<span>${timeText(curves.firstTimeMs)} to ${timeText(curves.lastTimeMs)}, ${bars}</span>`,
  ];
  return html`<header>
<div class="title"><h1>${run.name}</h1><span class="status ${run.status}">${run.status}</span></div>
<p class="facts">${facts}</p>
${lanes.length > 1 ? html`<p class="facts">Lane ${lane} of ${countText(lanes.length)} (counted from 0). All are in the <a href="#lanes">table of lanes</a>.</p>` : ""}
${inSample(input)}${branched(input)}${run.status === "completed" ? "" : unfinished(input)}
</header>`;
}

/** A model's gains on what it was trained on are worth nothing; a reader must know that first. */
function inSample({ models }: ReportInput): Html[] {
  return inSampleWarnings(models).map((line) => html`<div class="notice failed" role="note"><p>${line}</p></div>`);
}

/** A branched run's curve begins with bars that another spec may have computed; a reader must know that first. */
function branched(input: ReportInput): Html {
  const mark = branchMark(input);
  return mark === undefined ? html`` : html`<div class="notice branched" role="note"><p>${mark.lines}.</p></div>`;
}

function unfinished({ run }: ReportInput): Html {
  const done = run.headBar - run.startBar;
  const all = run.endBar - run.startBar;
  return html`<div class="notice ${run.status}" role="note"><p><strong>This run is not finished.</strong> Its status is ${run.status}, with ${countText(done)} of ${countText(all)} bars done (${percentText(done / all)}). This report shows what is stored; there are no metrics yet.</p>${
    run.reason === undefined
      ? ""
      : html`<p>${run.status === "failed" ? `${run.reason.name}: ` : ""}${run.reason.message}</p>`
  }<p>Go on with <code>backstitch resume ${run.runId}</code>.</p></div>`;
}

/** The figures that one looks at first, beside those of the benchmark. */
export function keyFigures(metrics: Metrics, benchmark: Benchmark | undefined, currency: string): Html {
  const beside = (text: string) => (benchmark === undefined ? "" : `buy and hold ${text}`);
  return html`<section class="tiles" aria-label="Key figures">
${tile("Final equity", `${moneyText(metrics.finalEquity)}`, benchmark === undefined ? currency : `${currency}, ${beside(moneyText(benchmark.finalEquity))}`)}
${tile("Total return", changeText(metrics.totalReturn), beside(changeText(benchmark?.totalReturn)), sign(metrics.totalReturn))}
${tile("CAGR", changeText(metrics.cagr), beside(changeText(benchmark?.cagr)), sign(metrics.cagr))}
${tile("Max drawdown", percentText(metrics.maxDrawdown), beside(percentText(benchmark?.maxDrawdown)))}
${tile("Sharpe ratio", ratioText(metrics.sharpe), `volatility ${percentText(metrics.volatility)}`)}
${tile("Closed trades", countText(metrics.closedTrades), `${countText(metrics.openTrades)} open at the end`)}
${tile("Win rate", percentText(metrics.winRate), `${countText(metrics.winningTrades)} won, ${countText(metrics.losingTrades)} lost`)}
${tile("Profit factor", ratioText(metrics.profitFactor), `average trade ${changeText(metrics.expectancy)}`)}
${tile("Fees", moneyText(metrics.totalFees), countOf(metrics.fills, "fill"))}
${tile("Exposure", percentText(metrics.exposure), countOf(metrics.bars, "bar"))}
</section>`;
}

function tile(label: string, value: string, note: string, tone = ""): Html {
  return html`<div class="tile"><div class="label">${label}</div><div class="value ${tone}">${value}</div><div class="note">${note}</div></div>`;
}

/** The class that colours a gain or a loss. */
export function sign(value: number | null): string {
  if (value === null || value === 0) return "";
  return value > 0 ? "gain" : "loss";
}

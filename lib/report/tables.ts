import type { Metrics } from "../engine/metrics.ts";
import {
  changeText,
  countText,
  moneyText,
  noValue,
  percentText,
  priceText,
  quantityText,
  ratioText,
  timeText,
} from "./figures.ts";
import { sign } from "./heading.ts";
import { type Html, html } from "./html.ts";
import { yearReturns } from "./month-ends.ts";
import { paramsText } from "./params-text.ts";
import type { ReportInput, ReportLane } from "./report-input.ts";

const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Returns by month and year, beside the benchmark's. */
export function returnsSection({ curves, spec }: ReportInput): Html {
  if (curves === undefined || !curves.hasEquity) return html``;
  const years = yearReturns(curves.monthEnds, spec.account.cash).filter(({ total }) => total !== null);
  const largest = Math.max(0.0001, ...years.flatMap(({ months }) => months.map((value) => Math.abs(value ?? 0))));
  return html`<section id="returns" aria-labelledby="returns-title">
<h2 id="returns-title">Returns by month</h2>
<div class="scroll"><table class="returns"><thead><tr><th scope="col">Year</th>${monthNames.map((name) => html`<th scope="col">${name}</th>`)}<th scope="col">Year</th><th scope="col">Buy and hold</th></tr></thead><tbody>${years.map(
    ({ year, months, total, benchmark }) => html`
<tr><th scope="row">${year}</th>${months.map((value) => monthCell(value, largest))}<td class="total ${sign(total)}">${shortPercent(total)}</td><td>${shortPercent(benchmark)}</td></tr>`,
  )}</tbody></table></div>
<p class="note">Percent, from the last equity of a month (UTC) to that of the next.</p>
</section>`;
}

function monthCell(value: number | null, largest: number): Html {
  if (value === null) return html`<td></td>`;
  const strength = Math.round(Math.sqrt(Math.abs(value) / largest) * 45);
  return html`<td class="${value < 0 ? "down" : "up"}" style="--strength:${strength}%">${shortPercent(value)}</td>`;
}

function shortPercent(value: number | null): string {
  if (value === null) return noValue;
  const text = (value * 100).toFixed(1);
  return text === "-0.0" ? "0.0" : text.replace("-", "−");
}

/** The trades with a sortable, paged table. */
export function tradesSection({ trades, run }: ReportInput): Html {
  const { count, listed } = trades;
  if (count === 0)
    return html`<section id="trades" aria-labelledby="trades-title"><h2 id="trades-title">Trades</h2><p class="empty">No trade was closed.</p></section>`;
  const hasTags = listed.some((trade) => trade.entryTag !== null || trade.exitTag !== null);
  return html`<section id="trades" aria-labelledby="trades-title">
<h2 id="trades-title">Trades</h2>
${listed.length < count ? html`<p class="note">The ${countText(listed.length)} of ${countText(count)} closed trades with the largest profit or loss. All of them: <code>backstitch export ${run.runId}</code>.</p>` : ""}
<div class="scroll"><table class="rows" data-page="15"><thead><tr>${[
    "No.",
    "Side",
    "Quantity",
    "Entry",
    "Price",
    "Exit",
    "Price",
    "Bars",
    "Fees",
    "Net profit",
    "Return",
  ].map(
    (name) => html`<th scope="col">${name}</th>`,
  )}${hasTags ? html`<th scope="col">Entry tag</th><th scope="col">Exit tag</th>` : ""}<th scope="col">Closed by</th></tr></thead><tbody>${listed.map(
    (trade) => html`
<tr>${cell(trade.number, countText(trade.number))}<td>${trade.side}</td>${cell(trade.quantity, quantityText(trade.quantity))}${cell(trade.entryTimeMs, timeText(trade.entryTimeMs))}${cell(trade.entryPrice, priceText(trade.entryPrice))}${cell(trade.exitTimeMs, timeText(trade.exitTimeMs))}${cell(trade.exitPrice, priceText(trade.exitPrice))}${cell(trade.exitBar - trade.entryBar, countText(trade.exitBar - trade.entryBar))}${cell(trade.fees, moneyText(trade.fees))}${cell(trade.netProfit, moneyText(trade.netProfit), sign(trade.netProfit))}${cell(trade.returnFraction, changeText(trade.returnFraction), sign(trade.returnFraction))}${
      hasTags ? html`<td>${trade.entryTag}</td><td>${trade.exitTag}</td>` : ""
    }<td>${trade.exitReason === "end-of-data" ? "end of data" : trade.exitReason}</td></tr>`,
  )}</tbody></table></div>
</section>`;
}

/** A cell with the number that it is sorted by. */
function cell(value: number | null, text: string, tone = ""): Html {
  return html`<td class="number ${tone}" data-v="${value}">${text}</td>`;
}

/** Rejections by reason, other order events, and ambiguous bars. */
export function ordersSection({ orderEvents, lanes, lane }: ReportInput): Html {
  const metrics = lanes[lane]?.metrics;
  if (orderEvents.length === 0 && metrics === undefined) return html``;
  return html`<section id="orders" aria-labelledby="orders-title">
<h2 id="orders-title">Orders</h2>
<table class="plain"><tbody>${orderEvents.map(
    ({ event, reason, count }) =>
      html`<tr><th scope="row">${event}${reason === null ? "" : `: ${reason.replaceAll("_", " ")}`}</th><td>${countText(count)}</td></tr>`,
  )}${orderEvents.length === 0 ? html`<tr><th scope="row">rejected, cancelled or triggered</th><td>${countText(metrics?.rejectedOrders ?? 0)}</td></tr>` : ""}${
    metrics === undefined
      ? ""
      : html`<tr><th scope="row">bars in which a stop and a limit both lay (the worse was assumed)</th><td>${countText(metrics.ambiguousBars)}</td></tr>`
  }</tbody></table>
</section>`;
}

/** A report lists at most this many lanes. */
const listedLanes = 1_000;

const laneColumns: readonly (readonly [
  string,
  (metrics: Metrics) => number | null,
  (value: number | null) => string,
])[] = [
  ["Final equity", (m) => m.finalEquity, moneyText],
  ["Total return", (m) => m.totalReturn, changeText],
  ["CAGR", (m) => m.cagr, changeText],
  ["Sharpe", (m) => m.sharpe, ratioText],
  ["Max drawdown", (m) => m.maxDrawdown, percentText],
  ["Trades", (m) => m.closedTrades, countText],
  ["Win rate", (m) => m.winRate, percentText],
  ["Profit factor", (m) => m.profitFactor, ratioText],
];

/** The lanes with their parameters and key figures; nothing for a run with one. */
export function lanesSection({ lanes, lane, run }: ReportInput): Html {
  if (lanes.length === 1) return html``;
  const shown = lanes.slice(0, listedLanes);
  return html`<section id="lanes" aria-labelledby="lanes-title">
<h2 id="lanes-title">Lanes</h2>
<div class="scroll"><table class="rows" data-page="15"><thead><tr><th scope="col">Lane</th><th scope="col">Parameters</th>${laneColumns.map(([name]) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${shown.map(
    (each, index) => laneRow(each, index, lane),
  )}</tbody></table></div>
<p class="note">${shown.length < lanes.length ? `The first ${countText(shown.length)} of ${countText(lanes.length)} lanes. ` : ""}Curves and trades here are those of lane ${lane}; another’s: <code>backstitch report ${run.runId} --lane N</code>.</p>
</section>`;
}

function laneRow({ params, metrics }: ReportLane, index: number, chosen: number): Html {
  const cells = laneColumns.map(([, metricOf, text]) => {
    const value = metrics === undefined ? null : metricOf(metrics);
    return cell(value, text(value));
  });
  return html`
<tr${index === chosen ? html` class="chosen" aria-current="true"` : ""}>${cell(index, countText(index))}<td>${paramsText(params)}</td>${cells}</tr>`;
}

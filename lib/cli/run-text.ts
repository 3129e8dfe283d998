import type { JsonValue } from "../engine/json.ts";
import type { Metrics } from "../engine/metrics.ts";
import { inferencesText } from "../report/inferences.ts";
import { paramsText } from "../report/params-text.ts";
import type { RunDocument } from "../report/run-document.ts";
import { inSampleWarnings } from "../run/models-of-run.ts";
import {
  amountText,
  countOf,
  countText,
  dollarsText,
  durationText,
  percentText,
  ratioText,
  timeText,
} from "./quantity-text.ts";
import { left, nameList, right, textTable } from "./text-table.ts";

/** Lanes shown in a table; the rest is in --json. */
const shownLanes = 20;

/** A run as a person reads it: what it is, its metrics, where it lies. */
export function runText(document: RunDocument): string {
  const [lane] = document.lanes;
  const isOne = document.lanes.length === 1;
  return nameList([
    ["Run", document.runId],
    ["Status", statusText(document)],
    [
      "Strategy",
      `${document.strategy}${lane !== undefined && isOne ? inBrackets(paramsText(lane.params)) : `, ${countOf(document.lanes.length, "lane")}`}`,
    ],
    ["Data", dataText(document)],
    ...(document.models ?? []).map(
      ({ name, version, training }) =>
        ["Model", `${name} ${version}, trained on ${training.from} to ${training.to}`] as const,
    ),
    ...inSampleWarnings(document.models ?? []).map((line) => ["WARNING", line] as const),
    ...(isOne && lane !== undefined && "report" in lane ? inferenceLine(lane.report) : []),
    ...(lane?.metrics != null && isOne ? metricLines(lane.metrics, document.currency) : []),
    ["Computed", timingText(document)],
    document.cost.usage === undefined ? undefined : ["Cost", costText(document.cost)],
    document.origin === null
      ? undefined
      : [
          originName(document.origin.kind),
          `${document.origin.runId}, checkpoint ${document.origin.checkpointId.slice(0, 12)}`,
        ],
    document.resultDigest === null ? undefined : ["Result digest", document.resultDigest],
    ["Stored in", document.home],
  ]).concat(isOne ? "" : `\n\n${lanesTable(document)}`);
}

function inferenceLine(report: { readonly [name: string]: JsonValue } | undefined) {
  const text = inferencesText(report);
  return text === undefined ? [] : [["Inferences", text] as const];
}

/** "running (interrupted: resume)" for a run whose process is gone, the reason behind a failure. */
export function statusText({ status, stale, reason }: Pick<RunDocument, "status" | "stale" | "reason">): string {
  if (stale) return `${status} (interrupted: resume)`;
  if (reason === null) return status;
  return reason.name === "Interrupted" || reason.name === "Cancelled"
    ? `${status} (${reason.message})`
    : `${status}: ${reason.name}: ${reason.message}`;
}

function metricLines(metrics: Metrics, currency: string): readonly (readonly [string, string])[] {
  const { closedTrades, openTrades, maxDrawdownPeakTimeMs: peak, maxDrawdownTroughTimeMs: trough } = metrics;
  const dates = peak === null || trough === null ? "" : ` (${timeText(peak)} to ${timeText(trough)})`;
  return [
    ["Final equity", amountText(metrics.finalEquity, currency)],
    [
      "Total return",
      `${percentText(metrics.totalReturn)} (CAGR ${percentText(metrics.cagr)}, volatility ${percentText(metrics.volatility)} a year)`,
    ],
    [
      "Sharpe",
      `${ratioText(metrics.sharpe)} (Sortino ${ratioText(metrics.sortino)}, Calmar ${ratioText(metrics.calmar)})`,
    ],
    ["Max drawdown", `${percentText(metrics.maxDrawdown)}${dates}`],
    [
      "Trades",
      `${countText(closedTrades)} closed, ${countText(openTrades)} open; win rate ${percentText(metrics.winRate)}, profit factor ${ratioText(metrics.profitFactor)}`,
    ],
    ["Exposure", `${percentText(metrics.exposure)} of the bars`],
    ["Fees", amountText(metrics.totalFees, currency)],
  ];
}

function lanesTable({ lanes, currency }: RunDocument): string {
  const columns = [
    right("LANE"),
    left("PARAMETERS"),
    right(`FINAL EQUITY (${currency})`),
    right("RETURN"),
    right("SHARPE"),
    right("MAX DRAWDOWN"),
    right("TRADES"),
  ];
  const rows = lanes
    .slice(0, shownLanes)
    .map(({ params, metrics }, index) => [
      String(index),
      paramsText(params),
      ...(metrics === null
        ? []
        : [
            amountText(metrics.finalEquity, "").trim(),
            percentText(metrics.totalReturn),
            ratioText(metrics.sharpe),
            percentText(metrics.maxDrawdown),
            countText(metrics.closedTrades),
          ]),
    ]);
  const rest =
    lanes.length > shownLanes ? `\n… and ${countOf(lanes.length - shownLanes, "more lane")}: see --json` : "";
  return textTable(columns, rows) + rest;
}

function inBrackets(text: string): string {
  return text === "" ? "" : ` (${text})`;
}

function dataText({ data, head }: RunDocument): string {
  const { snapshot, snapshotId, startBar, endBar, firstTimeMs, lastTimeMs } = data;
  const dates =
    firstTimeMs === null || lastTimeMs === null ? "" : `, ${timeText(firstTimeMs)} to ${timeText(lastTimeMs)}`;
  const done = head.bar < endBar ? `, done to bar ${countText(head.bar - startBar)}` : "";
  return `${snapshot} (${snapshotId.slice(0, 12)}): ${countOf(endBar - startBar, "bar")}${dates}${done}`;
}

function timingText({ timing }: RunDocument): string {
  const { bars, barsPerSecond, computeMs, segments, inheritedSegments, attempts } = timing;
  const speed = barsPerSecond === null ? "" : ` in ${durationText(computeMs)} (${countText(barsPerSecond)} bars/s)`;
  const inherited = inheritedSegments === 0 ? "" : `; ${countOf(inheritedSegments, "segment")} taken over`;
  return `${countOf(bars, "bar")}${speed}, ${countOf(segments, "segment")}, ${countOf(attempts, "attempt")}${inherited}`;
}

/** "$0.0042 (list prices of us-east-1 of 2026-11-21), 12.3 GB-s". */
function costText({ dollars, usage, region, pricesDate }: RunDocument["cost"]): string {
  const work = `${ratioText(usage?.lambdaGbSeconds ?? null)} GB-s, ${countOf(usage?.stateTransitions ?? 0, "transition")}`;
  return dollars === null
    ? `${work} (no prices of ${region} in the table)`
    : `about ${dollarsText(dollars)} (list prices of ${region} of ${pricesDate}): ${work}`;
}

function originName(kind: "fork" | "extend"): string {
  return kind === "fork" ? "Forked from" : "Extends";
}

import { paramsText } from "../../report/params-text.ts";
import type { SweepDocument } from "../../report/sweep-document.ts";
import { countOf, countText, durationText, percentText, ratioText, shortId } from "../quantity-text.ts";
import { left, right, textTable } from "../text-table.ts";

type FailedRow = SweepDocument["lanes"][number];

/** A sweep for people: what won, how the windows went, and what to make of it. */
export function sweepText(document: SweepDocument): string {
  const { sweepId, status, counts, best, stitched, paths, overfitting, failures, timing, resultDigest } = document;
  const lanes = `${countOf(counts.total, "lane")}, ${countText(counts.cached)} known before, ${countText(counts.failed)} failed`;
  const failed = Object.entries(failures).map(([category, count]) => `${category}: ${count}`);
  const named = document.lanes.flatMap((lane) => (lane.failure === null ? [] : [lane]));
  const parts = [
    `Sweep ${sweepId}: ${status} (${lanes}) in ${durationText(timing.durationMs)}`,
    ...document.warnings,
    ...(failed.length === 0
      ? []
      : [`Failures: ${failed.join(", ")}${named.slice(0, mostNamed).map(failureText).join("")}`]),
    ...(best === null
      ? [noBest(document)]
      : [`Best parameters: ${paramsText(best.params)}, objective ${ratioText(best.value)}`]),
    ...(document.windows.length > 1 ? [windowsTable(document)] : []),
    ...(stitched === null
      ? []
      : [
          `Out of sample, stitched${stitched.state === "carried" ? " with positions carried over" : ""}: return ${percentText(stitched.metrics.totalReturn)}, Sharpe ${ratioText(stitched.metrics.sharpe)}, maximum drawdown ${percentText(stitched.metrics.maxDrawdown)}, ${countOf(stitched.trades, "trade")}${leftOpen(stitched)}`,
        ]),
    ...(paths === null || paths.medianSharpe === null
      ? []
      : [
          `Out of sample, over ${countOf(paths.paths.length, "backtest path")}: Sharpe ${ratioText(paths.medianSharpe)} in the median, ${ratioText(paths.spreads.sharpe?.min ?? null)} to ${ratioText(paths.spreads.sharpe?.max ?? null)}`,
        ]),
    ...(overfitting === null ? [] : overfitting.sentences),
    ...(resultDigest === null ? [] : [`Result digest ${shortId(resultDigest)}`]),
  ];
  return parts.join("\n\n");
}

/** Positions that are in the return but in no figure of trades. */
function leftOpen({ state, metrics: { openTrades } }: NonNullable<SweepDocument["stitched"]>): string {
  if (openTrades === 0) return "";
  return `, ${countText(openTrades)} more left open at the end${state === "carried" ? "" : " of a window"}`;
}

/** Failed lanes that the text names; the table has all. */
const mostNamed = 5;

function failureText({ window, lane, params, failure }: FailedRow): string {
  return `\n  lane ${lane} in window ${window} (${paramsText(params)}): ${failure}`;
}

function noBest({ windows, status }: SweepDocument): string {
  const reason = windows.find(({ selection }) => selection.emptyReason !== undefined)?.selection.emptyReason;
  return reason ?? `There is no best: the sweep is ${status}.`;
}

function windowsTable({ windows }: SweepDocument): string {
  const columns = [
    right("WINDOW"),
    left("OUT OF SAMPLE"),
    left("PARAMETERS"),
    right("RETURN IN"),
    right("OUT"),
    right("EFFICIENCY"),
  ];
  return textTable(
    columns,
    windows.map(({ index, best, inSample, outOfSample, efficiency }) => [
      String(index),
      outOfSample.ranges.map(({ firstTimeMs, lastTimeMs }) => `${day(firstTimeMs)} to ${day(lastTimeMs)}`).join(", "),
      best === null ? "none" : paramsText(best.params),
      percentText(inSample.metrics?.totalReturn ?? null),
      percentText(outOfSample.metrics?.totalReturn ?? null),
      ratioText(efficiency),
    ]),
  );
}

function day(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

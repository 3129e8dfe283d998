import type { Metrics } from "../engine/metrics.ts";
import { medianOf } from "../sweep/median.ts";
import type { SweepResult } from "../sweep/sweep-result.ts";
import { changeText, countOf, countText, durationText, percentText, ratioText, timeText } from "./figures.ts";
import { sign } from "./heading.ts";
import { type Html, html } from "./html.ts";
import { paramsText } from "./params-text.ts";
import { objectiveName, objectiveText } from "./sweep-figures.ts";
import type { SweepReportInput } from "./sweep-report-input.ts";

/** What was tried, on what, and how it stands. */
export function sweepHeading({ sweep, spec, objective, snapshot, result, warnings }: SweepReportInput): Html {
  const instrument = snapshot?.instruments[0];
  const direction = objective.direction === "maximise" ? "largest" : "smallest";
  return html`<header>
<div class="title"><h1>${sweep.name}</h1><span class="status ${sweep.status}">${sweep.status}</span></div>
<p class="facts"><span>${sweep.strategy} <span class="params">${variedNames(spec).join(", ")}</span></span>
<span>${instrument === undefined ? `snapshot ${spec.base.data.snapshot}` : `${instrument.symbol} ${instrument.timeframe}`}</span>
${result === undefined ? "" : html`<span>${timeText(result.bars.firstTimeMs)} to ${timeText(result.bars.lastTimeMs)}, ${countOf(result.bars.endBar - result.bars.startBar, "bar")}</span>`}
<span>${result === undefined ? countOf(sweep.counts.total, "lane") : countOf(result.counts.points, "parameter set")} by ${methodName(spec.method.kind)}${result === undefined ? "" : `, ${windowsName(spec.windows.kind, result.windows.length)}`}</span>
<span>chosen by the ${direction} ${objectiveName(objective)}${spec.require.length === 0 ? "" : ` with ${spec.require.join(" and ")}`}</span></p>
${warnings.map((line) => html`<div class="notice failed" role="note"><p>${line}</p></div>`)}
${result === undefined || sweep.status !== "completed" ? unfinished(sweep, result !== undefined) : ""}
</header>`;
}

function methodName(kind: SweepReportInput["spec"]["method"]["kind"]): string {
  switch (kind) {
    case "grid":
      return "grid";
    case "random":
      return "random draws";
    case "latin-hypercube":
      return "Latin hypercube";
    case "sobol":
      return "Sobol points";
    case "list":
      return "list";
    case "tpe":
      return "the optimiser (TPE)";
  }
}

function windowsName(kind: SweepReportInput["spec"]["windows"]["kind"], count: number): string {
  switch (kind) {
    case "none":
      return "one stretch of bars, nothing out of sample";
    case "k-fold":
      return `${countText(count)} folds`;
    case "cpcv":
      return `${countText(count)} combinations of test groups`;
    case "rolling":
    case "anchored":
    case "list":
      return `${countText(count)} ${kind === "list" ? "listed" : kind} ${count === 1 ? "window" : "windows"}`;
  }
}

function unfinished({ sweepId, status, counts, reason }: SweepReportInput["sweep"], hasResult: boolean): Html {
  const done = `${countText(counts.completed)} of ${countText(counts.total)} lanes are computed, ${countText(counts.failed)} failed.`;
  return html`<div class="notice ${status}" role="note"><p>${hasResult ? html`<strong>Some lanes failed.</strong> What is here is that of the others. ` : html`<strong>This sweep is not finished.</strong> Its status is ${status}. `}${done}</p>${
    reason === undefined ? "" : html`<p>${reason.name}: ${reason.message}</p>`
  }${hasResult ? "" : html`<p>Go on with <code>backstitch sweep resume ${sweepId}</code>.</p>`}</div>`;
}

/** The figures that one looks at first: those out of sample, where there are some. */
export function sweepTiles(input: SweepReportInput): Html {
  const { result } = input;
  if (result === undefined) return html``;
  const { stitched, best, windows } = result;
  const isJudged = windows.some(({ outOfSample }) => outOfSample.metrics !== null);
  return html`<section class="tiles" aria-label="Key figures">
${stitched !== null ? metricTiles(stitched.metrics, "out of sample") : isJudged ? foldTiles(result) : best === null ? "" : metricTiles(best.metrics, "in-sample")}
${isJudged ? efficiencyTile(input) : ""}
${luckTiles(input)}
${
  best === null
    ? tile("Best parameters", "none", "no lane could be chosen")
    : tile(
        stitched !== null ? "Newest parameters" : isJudged ? "Last fold’s parameters" : "Best parameters",
        paramsText(chosenParams(input, best.params)),
        `${objectiveName(input.objective)} ${objectiveText(input.objective)(best.value)} in-sample`,
        "",
        isJudged ? "small" : "small wide",
      )
}
${triedTile(result)}
${workTile(input)}
</section>`;
}

function metricTiles(metrics: Metrics, where: string): Html {
  return html`${tile(`Return ${where}`, changeText(metrics.totalReturn), `CAGR ${changeText(metrics.cagr)}`, sign(metrics.totalReturn))}
${tile(`Sharpe ratio ${where}`, ratioText(metrics.sharpe), `volatility ${percentText(metrics.volatility)}`)}
${tile("Max drawdown", percentText(metrics.maxDrawdown), where)}
${tile("Closed trades", countText(metrics.closedTrades), `win rate ${percentText(metrics.winRate)}${metrics.openTrades > 0 ? `; ${countText(metrics.openTrades)} left open` : ""}`)}`;
}

/** Folds of cross-validation share bars, so that there is no one record: their means, and the worst drawdown. */
function foldTiles({ windows, paths }: SweepResult): Html {
  const known = windows.flatMap(({ outOfSample }) => (outOfSample.metrics === null ? [] : [outOfSample.metrics]));
  const mean = (values: readonly (number | null)[]) => {
    const defined = values.filter((value) => value !== null);
    return defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
  };
  const meanReturn = mean(known.map(({ totalReturn }) => totalReturn));
  const over = `mean of ${countOf(known.length, "fold")}`;
  return html`${tile("Return out of sample", changeText(meanReturn), over, sign(meanReturn))}
${pathsTile(paths) ?? tile("Sharpe ratio out of sample", ratioText(mean(known.map(({ sharpe }) => sharpe))), over)}
${tile("Max drawdown", percentText(Math.max(...known.map(({ maxDrawdown }) => maxDrawdown))), "out of sample, the worst fold")}
${tile("Closed trades", ratioText(mean(known.map(({ closedTrades }) => closedTrades))), `out of sample, ${over}`)}`;
}

/** Of the whole records over all bars, which do not weigh a short fold like a long one. */
function pathsTile(paths: SweepResult["paths"] | undefined): Html | undefined {
  const sharpe = paths?.spreads.sharpe;
  if (paths === null || paths === undefined || sharpe === undefined || sharpe.count === 0) return undefined;
  const range = `${ratioText(sharpe.min)} to ${ratioText(sharpe.max)} in ${countOf(paths.paths.length, "path")}`;
  return tile(
    "Sharpe ratio out of sample",
    ratioText(paths.medianSharpe),
    paths.paths.length === 1 ? "of the folds, one after another" : `median; ${range}`,
  );
}

function efficiencyTile({ result }: SweepReportInput): Html {
  const windows = result?.windows ?? [];
  const known = windows.map(({ efficiency }) => efficiency).filter((value) => value !== null);
  const won = windows.filter(({ outOfSample }) => (outOfSample.metrics?.totalReturn ?? 0) > 0).length;
  return tile(
    "Efficiency",
    // A ratio near a denominator of 0 would rule a mean.
    ratioText(medianOf(known)),
    `out / in, median; ${won} of ${countOf(windows.length, "window")} won`,
  );
}

function luckTiles({ result }: SweepReportInput): Html {
  const figures = result?.overfitting;
  const pbo = figures?.pbo ?? null;
  const deflated = figures?.deflatedSharpe ?? null;
  return html`${tile("Overfitting (PBO)", shareText(pbo), "probability; half is a coin's", pbo === null ? "" : pbo < 0.2 ? "gain" : pbo < 0.5 ? "" : "loss")}
${tile("Deflated Sharpe", shareText(deflated), "probability of skill; 95% is usual", deflated === null ? "" : deflated >= 0.95 ? "gain" : "loss")}`;
}

function shareText(fraction: number | null): string {
  return fraction === null ? "–" : `${(fraction * 100).toFixed(1)}%`;
}

function triedTile({ counts, overfitting }: SweepResult): Html {
  const { trials } = overfitting;
  const worth = trials === null ? "" : `worth about ${ratioText(trials.count)} independent trials`;
  return tile("Parameter sets", countText(counts.points), worth);
}

function workTile({ sweep, result, cost }: SweepReportInput): Html {
  return tile(
    "Computed in",
    durationText(sweep.durationMs),
    [
      ...((result?.windows.length ?? 0) > 1 ? [countOf(result?.windows.length ?? 0, "window")] : []),
      ...(result === undefined || result.counts.failedRows === 0
        ? []
        : [`${countText(result.counts.failedRows)} failed`]),
      ...(cost.dollars === null || cost.dollars === 0 ? [] : [`about $${cost.dollars.toPrecision(2)}`]),
    ].join(", "),
  );
}

/** Of the whole parameters those that were varied. */
export function chosenParams({ spec }: Pick<SweepReportInput, "spec">, params: unknown) {
  const varied = variedNames(spec);
  return Object.fromEntries(Object.entries(params ?? {}).filter(([name]) => varied.includes(name)));
}

function variedNames({ method, space }: SweepReportInput["spec"]): readonly string[] {
  return method.kind === "list" ? [...new Set(method.points.flatMap(Object.keys))] : Object.keys(space);
}

function tile(label: string, value: string, note: string, tone = "", size = ""): Html {
  return html`<div class="tile${size.includes("wide") ? " wide" : ""}"><div class="label">${label}</div><div class="value ${tone} ${size}">${value}</div><div class="note">${note}</div></div>`;
}

import { changeText, countOf, countText, percentText, ratioText } from "./figures.ts";
import { sign } from "./heading.ts";
import { type Html, html } from "./html.ts";
import { numberCell, sortableHead } from "./sortable-table.ts";
import type { SweepReportInput } from "./sweep-report-input.ts";

/** Paths that the table lists. */
const listedPaths = 500;

/** The backtest paths of cross-validation: how their Sharpe ratios are spread, and each path. */
export function pathsSection({ result }: SweepReportInput): Html {
  const paths = result?.paths;
  if (paths === null || paths === undefined) return html``;
  const count = paths.paths.length;
  const groups = paths.paths[0]?.windows.length ?? 0;
  const { sharpe } = paths.spreads;
  const below = Math.round(paths.sharpeNotAboveZero * count);
  const spread =
    sharpe === undefined || sharpe.count === 0
      ? "None of them ever held a position."
      : count === 1
        ? `Its Sharpe ratio is ${ratioText(sharpe.mean)}.`
        : `Their Sharpe ratios have the median ${ratioText(paths.medianSharpe)} and the mean ${ratioText(sharpe.mean)}, with a deviation of ${ratioText(sharpe.standardDeviation)}, from ${ratioText(sharpe.min)} to ${ratioText(sharpe.max)}; ${below === 0 ? "all are" : `${countText(below)} of ${countText(count)} are not`} above 0.`;
  return html`<section id="paths" aria-labelledby="paths-title"><h2 id="paths-title">Backtest paths, out of sample</h2>
<p>${countOf(count, "record")} over all bars, put together of what the choices did on ${countOf(groups, "group")} of bars that they had not seen. ${spread}</p>
<div class="scroll"><table class="rows" data-page="20">${sortableHead(["Path", "Return", "CAGR", "Sharpe", "Sortino", "Volatility", "Max drawdown", "Groups without a choice"])}<tbody>${paths.paths
    .slice(0, listedPaths)
    .map(
      ({ metrics, missing, windows }, path) => html`
<tr><td class="number" data-v="${path}" title="windows ${windows.join(", ")}">${countText(path)}</td>${numberCell(metrics.totalReturn, changeText(metrics.totalReturn), sign(metrics.totalReturn))}${numberCell(metrics.cagr, changeText(metrics.cagr), sign(metrics.cagr))}${numberCell(metrics.sharpe, ratioText(metrics.sharpe))}${numberCell(metrics.sortino, ratioText(metrics.sortino))}${numberCell(metrics.volatility, percentText(metrics.volatility))}${numberCell(metrics.maxDrawdown, percentText(metrics.maxDrawdown))}${numberCell(missing, countText(missing))}</tr>`,
    )}</tbody></table></div>
<p class="note">López de Prado, “Advances in Financial Machine Learning”, 2018, chapter 12. A group may be judged by a choice made on later bars: that is what makes several paths possible, and why they are no track record.${count > listedPaths ? ` The first ${countText(listedPaths)} of ${countText(count)} are listed.` : ""}</p>
</section>`;
}

import type { OverfittingFigures } from "../sweep/overfitting-figures.ts";
import type { WindowResult } from "../sweep/sweep-result.ts";
import { changeText, countOf, countText, noValue, percentText, quantityText, ratioText } from "./figures.ts";
import { sign } from "./heading.ts";
import { type Html, html } from "./html.ts";
import { paramsText } from "./params-text.ts";
import { numberCell, sortableHead } from "./sortable-table.ts";
import { objectiveName, objectiveOf, objectiveText, rangesText } from "./sweep-figures.ts";
import { chosenParams } from "./sweep-heading.ts";
import { trialsText } from "./sweep-overfitting-section.ts";
import type { SweepReportInput } from "./sweep-report-input.ts";

/** Windows that the table lists. */
const listedWindows = 500;

/** Every window: what was chosen on the bars before, and what it did on those after. */
export function windowsSection(input: SweepReportInput): Html {
  const { result, objective } = input;
  const windows = result?.windows ?? [];
  if (windows.every(({ outOfSample }) => outOfSample.ranges.length === 0)) return html``;
  const text = objectiveText(objective);
  const name = objectiveName(objective);
  const isCarried = result?.stitched?.state === "carried";
  return html`<section id="windows" aria-labelledby="windows-title"><h2 id="windows-title">Window by window</h2>
<div class="scroll"><table class="rows" data-page="20">${sortableHead(["Window", "Out of sample", "Best parameters", `${name} in`, `${name} out`, "Efficiency", "Return", "Drawdown", "Trades", "PBO", "DSR", "Trials", ...(isCarried ? ["Began"] : [])])}<tbody>${windows
    .slice(0, listedWindows)
    .map(({ index, inSample, outOfSample, best, efficiency, selection, overfitting }) => {
      const outside = outOfSample.metrics;
      const judged = objectiveOf(objective, outside);
      const trained = best?.value ?? null;
      return html`
<tr>${numberCell(index, String(index))}<td data-v="${outOfSample.ranges[0]?.firstTimeMs}" title="in-sample ${rangesText(inSample.ranges)}">${rangesText(outOfSample.ranges)}</td><td>${best === null ? html`<span title="${selection.emptyReason}">none</span>` : paramsText(chosenParams(input, best.params))}</td>${numberCell(trained, text(trained))}${numberCell(judged, text(judged), sign(judged))}${numberCell(efficiency, ratioText(efficiency))}${numberCell(outside?.totalReturn ?? null, changeText(outside?.totalReturn), sign(outside?.totalReturn ?? null))}${numberCell(outside?.maxDrawdown ?? null, percentText(outside?.maxDrawdown))}${numberCell(outside?.closedTrades ?? null, countText(outside?.closedTrades))}${shareCell(overfitting?.pbo)}${shareCell(overfitting?.deflatedSharpe)}${trialsCell(overfitting)}${isCarried ? inheritedCell(outOfSample) : ""}</tr>`;
    })}</tbody></table></div>
<p class="note">Efficiency: ${name} out of sample / in-sample (Pardo, 2008); ${noValue} where the latter is not above 0. Of the window’s own lanes, in-sample: PBO, the probability of backtest overfitting; DSR, the deflated Sharpe ratio of the best; and how many independent trials they are worth. Return, maximum drawdown and trades are those out of sample.${isCarried ? " A window began with what the one before held at its end." : ""} Windows are counted from 0.${windows.length > listedWindows ? ` The first ${countText(listedWindows)} of ${countText(windows.length)} are listed.` : ""}</p>
</section>`;
}

/** With which position, and how many orders, a window began. */
function inheritedCell({ inherited }: WindowResult["outOfSample"]): Html {
  const { units, orders } = inherited ?? { units: 0, orders: 0 };
  const position = units === 0 ? "flat" : `${units > 0 ? "long" : "short"} ${quantityText(Math.abs(units))}`;
  return numberCell(units, orders === 0 ? position : `${position}, ${countOf(orders, "order")}`);
}

/** A probability in whole percent. */
function shareCell(share: number | null | undefined): Html {
  return numberCell(share ?? null, share === null || share === undefined ? noValue : `${Math.round(100 * share)}%`);
}

function trialsCell(overfitting: OverfittingFigures | null): Html {
  const trials = overfitting?.trials ?? null;
  if (trials === null) return numberCell(null, noValue);
  return html`<td class="number" data-v="${trials.count}" title="${trialsText(trials)}">${trials.count.toFixed(1)}</td>`;
}

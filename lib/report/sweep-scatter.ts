import { valueTicks } from "./axis-ticks.ts";
import { type Html, html } from "./html.ts";
import { padded, plotFrame, rangeOf } from "./line-chart.ts";
import { paramsText } from "./params-text.ts";
import { objectiveName, objectiveOf, objectiveText } from "./sweep-figures.ts";
import { chosenParams } from "./sweep-heading.ts";
import type { SweepReportInput } from "./sweep-report-input.ts";

/** Points that are drawn: the best of each window come first. */
const drawnPoints = 1_500;

/** Every winner's objective in-sample against that out of sample: on the diagonal the choice kept its promise. */
export function scatterSection(input: SweepReportInput): Html {
  const { objective } = input;
  const points = winnersOf(input);
  if (points.length < 2) return html``;
  const text = objectiveText(objective);
  const [x, y] = [
    padded(rangeOf(points.map(({ inside }) => inside))),
    padded(rangeOf(points.map(({ outside }) => outside))),
  ];
  const place = (value: number, { min, max }: { min: number; max: number }) => (value - min) / (max - min);
  const unit = (share: number) => Math.round(share * 10_000) / 10;
  const percent = (share: number) => Math.round(share * 1_000) / 10;
  const [from, to] = [Math.max(x.min, y.min), Math.min(x.max, y.max)];
  const name = objectiveName(objective);
  return html`<section id="scatter" aria-labelledby="scatter-title"><h2 id="scatter-title">In-sample against out of sample</h2>
<p class="note">${name} of each window’s ${points.length > (input.result?.windows.length ?? 0) ? "winners (the best one filled)" : "winner"}: upwards out of sample, to the right in-sample. On the dashed diagonal both are equal; below it the choice promised too much.${correlationText(points)}</p>
${plotFrame({
  id: "scatter-plot",
  title: `${name} of the winners, in-sample to the right and out of sample upwards`,
  heightPx: 330,
  xTicks: valueTicks(x.min, x.max, 7, text),
  yTicks: valueTicks(y.min, y.max, 6, text),
  xTitle: `${name}, in-sample`,
  marks: html`${from < to ? html`<path class="diagonal" d="M${unit(place(from, x))} ${unit(1 - place(from, y))}L${unit(place(to, x))} ${unit(1 - place(to, y))}"/>` : ""}${y.min < 0 && y.max > 0 ? html`<path class="zero" d="M0 ${unit(1 - place(0, y))}H1000"/>` : ""}`,
  overlay: html`${points.map(
    (point) =>
      html`<i class="point${point.rank === 0 ? "" : " other"}" style="left:${percent(place(point.inside, x))}%;bottom:${percent(place(point.outside, y))}%" data-tip="${`Window ${point.window}: ${point.params}\nin-sample ${text(point.inside)}, out of sample ${text(point.outside)}`}"></i>`,
  )}`,
})}
</section>`;
}

type WinnerPoint = {
  readonly window: number;
  readonly rank: number;
  readonly params: string;
  readonly inside: number;
  readonly outside: number;
};

function winnersOf(input: SweepReportInput): WinnerPoint[] {
  const all = (input.result?.windows ?? []).flatMap(({ index, winners }) =>
    winners.flatMap(({ params, value, outOfSample }, rank) => {
      const outside = objectiveOf(input.objective, outOfSample);
      return outside === null
        ? []
        : [{ window: index, rank, params: paramsText(chosenParams(input, params)), inside: value, outside }];
    }),
  );
  return all.sort((a, b) => a.rank - b.rank || a.window - b.window).slice(0, drawnPoints);
}

/** Pearson's correlation over the best of each window, from five windows on. */
function correlationText(points: readonly WinnerPoint[]): string {
  const best = points.filter(({ rank }) => rank === 0);
  if (best.length < 5) return "";
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(best.map(({ inside }) => inside)), mean(best.map(({ outside }) => outside))];
  const products = best.reduce((sum, { inside, outside }) => sum + (inside - x) * (outside - y), 0);
  const xx = best.reduce((sum, { inside }) => sum + (inside - x) * (inside - x), 0);
  const yy = best.reduce((sum, { outside }) => sum + (outside - y) * (outside - y), 0);
  const correlation = products / Math.sqrt(xx * yy);
  return Number.isFinite(correlation)
    ? ` The correlation over the ${best.length} windows is ${correlation.toFixed(2).replace("-", "−")}.`
    : "";
}

import { type Tick, timeTicks, valueTicks } from "./axis-ticks.ts";
import { type Html, html, scriptJson } from "./html.ts";
import type { TimedPoint } from "./thin-series.ts";

/** A line of a chart; `colour` counts the colours of the style sheet from 0. A point whose value is NaN ends a stretch. */
export type ChartLine = {
  readonly label: string;
  readonly colour: number;
  readonly points: readonly TimedPoint[];
};

/** A stretch of time that is shaded behind the lines, every other one darker. */
export type ChartBand = { readonly fromMs: number; readonly toMs: number; readonly text: string };

export type LineChart = {
  readonly id: string;
  /** What is drawn, for who cannot see it. */
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly bands?: readonly ChartBand[];
  /** Filled from 0 downwards, as drawdowns are. */
  readonly filled?: boolean;
  readonly heightPx: number;
  valueText(value: number): string;
};

const side = 1_000;

/** Lines over time as SVG that fills its width at any size; the labels are text of the page. Tips come from `plotScript`. */
export function lineChart(chart: LineChart): Html {
  const all = chart.lines.flatMap(({ points }) => points).filter(({ value }) => Number.isFinite(value));
  if (all.length < 2) return html`<p class="empty">There are not enough points to draw.</p>`;
  const time = rangeOf(all.map(({ timeMs }) => timeMs));
  const value = padded(rangeOf(all.map((point) => point.value).concat(chart.filled === true ? [0] : [])));
  const x = (timeMs: number) => rounded(((timeMs - time.min) / (time.max - time.min)) * side);
  const y = (at: number) => rounded((1 - (at - value.min) / (value.max - value.min)) * side);
  const ticks = valueTicks(value.min, value.max, chart.heightPx < 160 ? 2 : 5, chart.valueText);
  const floor = chart.filled === true ? y(0) : undefined;
  return plotFrame({
    ...chart,
    yTicks: ticks,
    xTicks: timeTicks(time.min, time.max, 9),
    data: {
      time: [time.min, time.max],
      lines: chart.lines.map(({ label, colour, points }) => ({
        label,
        colour,
        time: points.map(({ timeMs }) => timeMs),
        text: points.map((point) => (Number.isFinite(point.value) ? chart.valueText(point.value) : "")),
      })),
    },
    marks: html`${(chart.bands ?? []).map(
      ({ fromMs, toMs, text }, i) =>
        html`<rect class="band-${i % 2}" x="${x(fromMs)}" y="0" width="${Math.max(0, x(toMs) - x(fromMs))}" height="${side}" data-tip="${text}"/>`,
    )}${chart.lines.map(({ colour, points }) => {
      const path = pathOf(points, x, y);
      return html`${floor === undefined ? "" : html`<path class="area f-${colour}" d="M${x(points[0]?.timeMs ?? time.min)} ${floor}${path.replaceAll("M", "L")}L${x(points.at(-1)?.timeMs ?? time.max)} ${floor}Z"/>`}<path class="line s-${colour}" d="${path}"/>`;
    })}`,
  });
}

export type PlotFrame = {
  readonly id: string;
  readonly title: string;
  readonly heightPx: number;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  /** Labels beside the plot without a line through it; the ticks' own when left out. */
  readonly yLabels?: readonly Tick[];
  readonly marks: Html;
  /** Markup over the plot, placed in percent. */
  readonly overlay?: Html;
  /** The lines, for the tips of a plot of lines. */
  readonly data?: object;
  readonly xTitle?: string;
  readonly yTitle?: string;
};

/** A plot with its axes: the marks live in a square of 1,000 units that is stretched to the plot. */
export function plotFrame(frame: PlotFrame): Html {
  const { id, title, heightPx, xTicks, yTicks, yLabels = yTicks, marks, overlay, data, xTitle, yTitle } = frame;
  return html`<div class="plot${data === undefined ? "" : " lines"}" id="${id}" role="img" aria-label="${title}" style="--height:${heightPx}px">
<div class="plot-y">${yTitle === undefined ? "" : html`<em>${yTitle}</em>`}${yLabels.map(({ at, text }) => html`<span style="bottom:${rounded(at * 100)}%">${text}</span>`)}</div>
<div class="plot-area"><svg viewBox="0 0 ${side} ${side}" preserveAspectRatio="none" aria-hidden="true">${yTicks.map(
    ({ at }) => html`<path class="grid" d="M0 ${rounded((1 - at) * side)}H${side}"/>`,
  )}${marks}</svg>${overlay}<i class="cross" hidden></i></div>
<div class="plot-x">${xTicks.map(({ at, text }) => html`<span style="left:${rounded(at * 100)}%">${text}</span>`)}${xTitle === undefined ? "" : html`<em>${xTitle}</em>`}</div>${data === undefined ? "" : html`<script type="application/json">${scriptJson(data)}</script>`}
</div>`;
}

/** Colours and names of lines. */
export function plotLegend(lines: readonly Pick<ChartLine, "label" | "colour">[]): Html {
  return html`<div class="legend">${lines.map(({ label, colour }) => html`<span><i class="l-${colour}"></i>${label}</span> `)}</div>`;
}

function pathOf(points: readonly TimedPoint[], x: (timeMs: number) => number, y: (value: number) => number): string {
  let isDown = false;
  return points
    .map(({ timeMs, value }) => {
      if (!Number.isFinite(value)) {
        isDown = false;
        return "";
      }
      const command = isDown ? "L" : "M";
      isDown = true;
      return `${command}${x(timeMs)} ${y(value)}`;
    })
    .join("");
}

/** The least and the greatest, apart even when they are equal. */
export function rangeOf(values: readonly number[]): { readonly min: number; readonly max: number } {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (min < max) return { min, max };
  const around = Math.abs(min) / 100 || 1;
  return { min: min - around, max: max + around };
}

/** Room above and below, so that no line runs along the frame. */
export function padded({ min, max }: { readonly min: number; readonly max: number }) {
  const room = (max - min) * 0.05;
  return { min: min - room, max: max + room };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

import type { RangeOfBars, WindowResult } from "../sweep/sweep-result.ts";
import { timeTicks } from "./axis-ticks.ts";
import { changeText, countText, ratioText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { plotFrame } from "./line-chart.ts";
import { paramsText } from "./params-text.ts";
import { objectiveOf, objectiveText, rangesText } from "./sweep-figures.ts";
import { chosenParams } from "./sweep-heading.ts";
import type { SweepReportInput } from "./sweep-report-input.ts";

/** Windows that are drawn; of more, every n-th. */
const drawnWindows = 120;

/** The windows over time: in-sample, then out of sample in the colour of what became of it. */
export function ribbonSection(input: SweepReportInput): Html {
  const windows = input.result?.windows ?? [];
  if (windows.every(({ outOfSample }) => outOfSample.ranges.length === 0)) return html``;
  const every = Math.ceil(windows.length / drawnWindows);
  const drawn = windows.filter((_, i) => i % every === 0);
  const all = drawn.flatMap(({ inSample, outOfSample }) => [...inSample.ranges, ...outOfSample.ranges]);
  const fromMs = all.reduce((least, { firstTimeMs }) => Math.min(least, firstTimeMs), Number.POSITIVE_INFINITY);
  const toMs = all.reduce((most, { lastTimeMs }) => Math.max(most, lastTimeMs), Number.NEGATIVE_INFINITY);
  const x = (timeMs: number) => Math.round(((timeMs - fromMs) / (toMs - fromMs || 1)) * 10_000) / 10;
  const row = 1_000 / drawn.length;
  const rect = ({ firstTimeMs, lastTimeMs }: RangeOfBars, kind: string, i: number, tip: string) =>
    html`<rect class="${kind}" x="${x(firstTimeMs)}" y="${Math.round(i * row * 10 + row) / 10}" width="${Math.max(1, x(lastTimeMs) - x(firstTimeMs))}" height="${Math.round(row * 8) / 10}" data-tip="${tip}"/>`;
  return html`<section id="ribbon" aria-labelledby="ribbon-title"><h2 id="ribbon-title">Windows</h2>
<div class="legend"><span><i class="key-in"></i>in-sample: chosen here</span> <span><i class="key-gain"></i>out of sample: gained</span> <span><i class="key-loss"></i>out of sample: lost</span> <span><i class="key-none"></i>neither: no position, or nothing chosen</span></div>
${plotFrame({
  id: "ribbon-plot",
  title: `${drawn.length} windows over time, each with its in-sample and out-of-sample ranges`,
  heightPx: Math.max(70, Math.min(440, drawn.length * 22)),
  xTicks: timeTicks(fromMs, toMs, 9),
  yTicks: [],
  yLabels:
    drawn.length <= 24 ? drawn.map(({ index }, i) => ({ at: 1 - (i + 0.5) / drawn.length, text: String(index) })) : [],
  marks: html`${drawn.map((window, i) => {
    const tip = tipOf(window, input);
    return html`${window.inSample.ranges.map((range) => rect(range, "in", i, tip))}${window.outOfSample.ranges.map((range) => rect(range, outcomeOf(window), i, tip))}`;
  })}`,
})}
${every > 1 ? html`<p class="note">Every ${every}th of ${countText(windows.length)} windows is drawn.</p>` : ""}
</section>`;
}

function outcomeOf({ outOfSample }: WindowResult): string {
  const gained = outOfSample.metrics?.totalReturn;
  if (gained === undefined || gained === 0) return "out none";
  return gained > 0 ? "out won" : "out lost";
}

function tipOf({ index, inSample, outOfSample, best, efficiency }: WindowResult, input: SweepReportInput): string {
  const text = objectiveText(input.objective);
  return [
    `Window ${index}`,
    `in-sample ${rangesText(inSample.ranges)}`,
    `out of sample ${rangesText(outOfSample.ranges)}`,
    best === null ? "nothing could be chosen" : paramsText(chosenParams(input, best.params)),
    `objective ${text(best?.value ?? null)} in, ${text(objectiveOf(input.objective, outOfSample.metrics))} out (efficiency ${ratioText(efficiency)})`,
    `return out of sample ${changeText(outOfSample.metrics?.totalReturn)}`,
  ].join("\n");
}

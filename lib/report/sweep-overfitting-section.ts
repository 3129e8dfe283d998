import type { IndependentTrials } from "../sweep/independent-trials.ts";
import type { OverfittingFigures } from "../sweep/overfitting-figures.ts";
import type { SuperiorAbility } from "../sweep/superior-ability.ts";
import { countOf, countText, noValue, ratioText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import type { SweepReportInput } from "./sweep-report-input.ts";

/** How much of the winner is luck: in sentences first, then the figures with their sources. */
export function overfittingSection({ result }: SweepReportInput): Html {
  if (result === undefined) return html``;
  const { sentences } = result.overfitting;
  return html`<section id="overfitting" aria-labelledby="overfitting-title">
<h2 id="overfitting-title">How much of this is luck?</h2>
${
  sentences.length === 0
    ? html`<p class="empty">The lanes are too few, or moved too little, for any of the figures.</p>`
    : html`<ul class="sentences">${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>`
}
<details><summary>The figures, and where they come from</summary>
<div class="scroll"><table class="plain sources"><tbody>${figures.map(
    ({ label, source, textOf }) => html`
<tr><th scope="row">${label}<span class="definition">${source}</span></th><td>${textOf(result.overfitting)}</td></tr>`,
  )}</tbody></table></div>
${result.windows.length > 1 ? html`<p class="note">The probability of overfitting is the mean of the windows’ own; the trials are the lanes of the newest window; the track record is what the choices did out of sample. Each window’s own figures stand in the table of the windows.</p>` : ""}
</details>
</section>`;
}

/** "60 parameter sets, average correlation 0.80". */
export function trialsText({ lanes, moving, averageCorrelation }: IndependentTrials): string {
  const idle = moving === lanes ? "" : `, ${countText(lanes - moving)} of which never traded`;
  const correlation = averageCorrelation === null ? "" : `, average correlation ${ratioText(averageCorrelation)}`;
  return `${countOf(lanes, "parameter set")}${idle}${correlation}`;
}

function testedText({ lanes, resamples, spaLower, spaUpper }: SuperiorAbility): string {
  const compared = lanes === 1 ? "one record" : countOf(lanes, "parameter set");
  const bounds = lanes === 1 ? "" : `${percent(spaLower)} to ${percent(spaUpper)}; `;
  return `${bounds}${compared}, ${countText(resamples)} resamples`;
}

const percent = (value: number | null) => (value === null ? noValue : `${(value * 100).toFixed(1)}%`);

type Figure = { readonly label: string; readonly source: string; textOf(figures: OverfittingFigures): string };

const figures: readonly Figure[] = [
  {
    label: "Probability of backtest overfitting",
    source: "CSCV: Bailey, Borwein, López de Prado, Zhu, “The Probability of Backtest Overfitting”, 2017.",
    textOf: ({ pbo }) => percent(pbo),
  },
  {
    label: "Probability that the best loses out of sample",
    source: "The same splits.",
    textOf: ({ cscv }) => percent(cscv?.probabilityOfLoss ?? null),
  },
  {
    label: "Performance degradation",
    source:
      "Slope of the best lane’s Sharpe ratio out of sample on that in-sample, over the same splits; 1 would be none.",
    textOf: ({ cscv }) => ratioText(cscv?.degradation),
  },
  {
    label: "Probabilistic Sharpe ratio",
    source:
      "Probability that the true ratio is above 0: Bailey, López de Prado, “The Sharpe Ratio Efficient Frontier”, 2012.",
    textOf: ({ probabilisticSharpe }) => percent(probabilisticSharpe),
  },
  {
    label: "Deflated Sharpe ratio",
    source:
      "The same above what the best of so many trials shows by luck: Bailey, López de Prado, “The Deflated Sharpe Ratio”, 2014.",
    textOf: ({ deflatedSharpe }) => percent(deflatedSharpe),
  },
  {
    label: "Sharpe ratio of the best by luck",
    source: "Expected maximum over the independent trials, annualised (2014).",
    textOf: ({ expectedMaximumSharpe }) => ratioText(expectedMaximumSharpe),
  },
  {
    label: "Independent trials",
    source: "From the average correlation of the lanes that traded (2014, appendix 3).",
    textOf: ({ trials }) => (trials === null ? noValue : `${ratioText(trials.count)} (${trialsText(trials)})`),
  },
  {
    label: "Minimum track record length",
    source: "Returns after which the ratio is above 0 with 95% confidence (2012).",
    textOf: ({ minimumTrackRecordPeriods, periods }) =>
      periods === null
        ? noValue
        : `${minimumTrackRecordPeriods === null ? noValue : countText(Math.ceil(minimumTrackRecordPeriods))}; there are ${countText(periods)}`,
  },
  {
    label: "Minimum backtest length",
    source:
      "Years in which so many trials show such a ratio by luck: Bailey, Borwein, López de Prado, Zhu, “Pseudo-Mathematics and Financial Charlatanism”, 2014.",
    textOf: ({ minimumBacktestYears, years }) =>
      years === null
        ? noValue
        : `${ratioText(minimumBacktestYears)}${minimumBacktestYears === null ? "" : " years"}; there are ${ratioText(years)}`,
  },
  {
    label: "Hansen’s test of superior predictive ability",
    source: "p-value by stationary bootstrap, of several parameter sets with its bounds: Hansen, 2005.",
    textOf: ({ ability }) => (ability === null ? noValue : `${percent(ability.spa)} (${testedText(ability)})`),
  },
  {
    label: "White’s reality check",
    source: "p-value by the same resamples: White, 2000.",
    textOf: ({ realityCheck }) => percent(realityCheck),
  },
];

import type { Regime } from "../sweep/regimes.ts";
import { changeText, countText, percentText, ratioText } from "./figures.ts";
import { sign } from "./heading.ts";
import { type Html, html } from "./html.ts";
import type { SweepReportInput } from "./sweep-report-input.ts";

const regimeNames: { readonly [regime in Regime]: string } = {
  bull: "Bull: rising",
  bear: "Bear: falling",
  sideways: "Sideways",
  volatile: "Volatile",
};

/** What the stitched record, or the best of a sweep without windows, did in each kind of market; and by which thresholds they are told apart. */
export function regimesSection({ result }: SweepReportInput): Html {
  const regimes = result?.regimes;
  if (regimes === null || regimes === undefined) return html``;
  const names = ["bull", "bear", "sideways", "volatile"] as const satisfies readonly Regime[];
  const { lookback, bull, bear, volatility, periodsPerYear } = regimes.rules;
  const whose = result?.stitched === null ? "The best lane, in-sample" : "The stitched record, out of sample";
  return html`<section id="regimes" aria-labelledby="regimes-title"><h2 id="regimes-title">By kind of market</h2>
<div class="scroll"><table class="rows"><thead><tr>${["Regime", "Stretches", "Bars", "Return", "Sharpe", "Volatility"].map((name, i) => html`<th scope="col"${i === 0 ? "" : html` class="numeric"`}>${name}</th>`)}</tr></thead><tbody>${names.map(
    (name) => {
      const { bars, totalReturn, sharpe, volatility: deviation } = regimes.metrics[name];
      const stretches = regimes.periods.filter(({ regime }) => regime === name).length;
      return html`
<tr><th scope="row">${regimeNames[name]}</th><td class="number">${countText(stretches)}</td><td class="number">${countText(bars)}</td><td class="number ${sign(totalReturn)}">${changeText(bars === 0 ? null : totalReturn)}</td><td class="number">${ratioText(sharpe)}</td><td class="number">${percentText(deviation)}</td></tr>`;
    },
  )}</tbody></table></div>
<p class="note">${whose}. The market is told apart by its last ${countText(lookback)} returns, annualised (${countText(periodsPerYear)} a year), looking back only: volatile where their deviation is above ${percentText(volatility)}; else bull where their mean is above ${percentText(bull)}, bear where it is below ${percentText(bear)}, sideways between. The change into a bar counts to that bar’s regime. Other thresholds: <code>regimes</code> in the spec.</p>
</section>`;
}

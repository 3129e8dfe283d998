import { stringify } from "yaml";
import { computedLanes } from "../sweep/sweep-store.ts";
import { clockText, countOf, countText, durationText, ratioText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import type { SweepReportInput } from "./sweep-report-input.ts";

/** What it took, and what one needs to compute it again. */
export function sweepProvenance(input: SweepReportInput): Html {
  return html`<section id="provenance" aria-labelledby="provenance-title"><h2 id="provenance-title">Cost, time and provenance</h2>
<table class="plain provenance"><tbody>${rows(input).map(
    ([name, value]) => html`
<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
  )}</tbody></table>
<details class="spec"><summary>The spec as it ran</summary><pre>${stringify(input.sweep.spec)}</pre></details>
</section>`;
}

function rows({ sweep, spec, result, snapshot, cost }: SweepReportInput): (readonly [string, Html | string])[] {
  const { counts, durationMs } = sweep;
  const computed = computedLanes(counts);
  const speed = durationMs > 0 && computed > 0 ? `, ${ratioText((computed / durationMs) * 1_000)} lanes a second` : "";
  return [
    ["Time", `${durationText(durationMs)} in ${countOf(sweep.attempt, "attempt")}${speed}`],
    [
      "Lanes",
      `${countText(computed)} computed, ${countText(counts.cached)} taken from earlier sweeps; ${countText(counts.failed)} failed`,
    ],
    ["Cost", costText(cost)],
    ["Sweep", html`<code>${sweep.sweepId}</code>`],
    ["Result digest", result === undefined ? "none: not finished" : html`<code>${result.resultDigest}</code>`],
    ["Spec digest", html`<code>${sweep.specDigest}</code>`],
    [
      "Snapshot",
      html`<code>${sweep.snapshotId}</code>${snapshot === undefined ? " (not in the stores any more)" : ""}`,
    ],
    ["Engine version", String(sweep.engineVersion)],
    ["Seed", `${sweep.seed} (runs), ${"seed" in spec.method ? `${spec.method.seed} (draws)` : "nothing is drawn"}`],
    ["Computed on", sweep.executionArn ?? sweep.hosts?.join(", ") ?? "one’s own machine"],
    ["Created", clockText(sweep.createdAtMs)],
    ["Last changed", clockText(sweep.updatedAtMs)],
    ...(sweep.tags.length === 0 ? [] : [["Tags", sweep.tags.join(", ")] as const]),
  ];
}

function costText({ dollars, usage, region, pricesDate }: SweepReportInput["cost"]): string {
  const used = Object.entries(usage ?? {}).map(([unit, amount]) => `${countText(amount)} ${unit}`);
  const work = used.length === 0 ? "" : `: ${used.join(", ")}`;
  if (dollars === null) return `not known${work}`;
  if (dollars === 0) return `nothing${work === "" ? ": computed on one’s own machine" : work}`;
  return `about $${dollars.toPrecision(3)}${region === undefined ? "" : ` (list prices of ${region}${pricesDate === undefined ? "" : ` of ${pricesDate}`})`}${work}`;
}

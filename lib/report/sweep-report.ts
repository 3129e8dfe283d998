import { html, scriptJson } from "./html.ts";
import { pageShell } from "./page-shell.ts";
import { tablesScript } from "./page-tables.ts";
import { plotScript } from "./plot-script.ts";
import { plotStyle } from "./plot-style.ts";
import { stitchedSection, sweepMetricsSection } from "./sweep-equity-section.ts";
import { sweepHeading, sweepTiles } from "./sweep-heading.ts";
import { mapScript } from "./sweep-map-script.ts";
import { overfittingSection } from "./sweep-overfitting-section.ts";
import { pathsSection } from "./sweep-paths-section.ts";
import { sweepProvenance } from "./sweep-provenance.ts";
import { regimesSection } from "./sweep-regimes-section.ts";
import type { SweepReportInput } from "./sweep-report-input.ts";
import { ribbonSection } from "./sweep-ribbon.ts";
import { scatterSection } from "./sweep-scatter.ts";
import { sweepStyle } from "./sweep-style.ts";
import { surfaceData } from "./sweep-surface.ts";
import { surfaceSection } from "./sweep-surface-section.ts";
import { failuresSection, lanesSection, spreadsSection } from "./sweep-tables.ts";
import { windowsSection } from "./sweep-windows-section.ts";

/** The report of a sweep as one HTML page that loads nothing else. */
export function renderSweepReport(input: SweepReportInput): string {
  const surface = surfaceData(input);
  return pageShell({
    title: `${input.sweep.name}: sweep report`,
    style: plotStyle + sweepStyle,
    body: html`${sweepHeading(input)}
${sweepTiles(input)}
${overfittingSection(input)}
${ribbonSection(input)}
${stitchedSection(input)}
${pathsSection(input)}
${windowsSection(input)}
${scatterSection(input)}
${surfaceSection(input, surface)}
${lanesSection(input)}
${spreadsSection(input)}
${regimesSection(input)}
${failuresSection(input)}
${sweepMetricsSection(input)}
${sweepProvenance(input)}
<footer>Made by Backstitch from sweep ${input.sweep.sweepId}. All times are UTC; windows and lanes are counted from 0.</footer>`,
    data: scriptJson(surface === undefined ? {} : { surface }),
    scripts: [plotScript, startScript, mapScript],
  });
}

const startScript = `
const minus = (text) => text.replace("-", "−");
const wholeNumbers = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const whole = (value) => minus(wholeNumbers.format(value));
${tablesScript}
for (const table of document.querySelectorAll("table[data-page]")) pagedTable(table);
`;

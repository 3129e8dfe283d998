import { equityChartScript } from "./page-equity-chart.ts";
import { positionsScript } from "./page-positions.ts";
import { priceChartScript } from "./page-price-chart.ts";
import { stripScript } from "./page-strip.ts";
import { tablesScript } from "./page-tables.ts";

/** What the report does in the browser, run as it stands once the page and the charting library are there. */
export const pageScript = `
"use strict";
${positionsScript}
${equityChartScript}
${priceChartScript}
${stripScript}
${tablesScript}
function start() {
  for (const table of document.querySelectorAll("table[data-page]")) pagedTable(table);
  tips();
  if (data.points === undefined) return;
  const equity = equityChart(document.getElementById("equity-chart"));
  const price = priceChart(document.getElementById("price-chart"));
  const both = [equity, price];
  applyTheme();
  for (const { chart } of both) chart.timeScale().fitContent();
  follow(equity, price);
  follow(price, equity);
  const lay = () => layStrip(equity);
  equity.chart.timeScale().subscribeVisibleLogicalRangeChange(lay);
  equity.chart.timeScale().subscribeSizeChange(lay);
  requestAnimationFrame(() => requestAnimationFrame(lay));
  for (const [i, each] of both.entries()) {
    for (const button of document.querySelectorAll('.tools[data-chart="' + i + '"] button')) button.addEventListener("click", () => zoom(each, Number(button.dataset.zoom)));
    // The wheel scrolls the page; with Ctrl (or a trackpad's pinch) it zooms.
    each.element.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom(each, event.deltaY > 0 ? 1.25 : 0.8);
    }, { passive: false });
  }
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyTheme);
  window.addEventListener("beforeprint", () => {
    document.documentElement.classList.add("printing");
    document.querySelector(".spec").open = true;
    applyTheme();
    for (const { chart, element } of both) element.nextElementSibling.src = chart.takeScreenshot(true).toDataURL();
  });
  window.addEventListener("afterprint", () => {
    document.documentElement.classList.remove("printing");
    applyTheme();
  });
}
start();
`;

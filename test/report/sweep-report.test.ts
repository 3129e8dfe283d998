import { expect, test } from "vitest";
import { renderSweepReport } from "../../lib/report/sweep-report.ts";
import { collectSweepReport } from "../../lib/report/sweep-report-input.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { type InventedSweep, storeSweep } from "./stored-sweep.ts";

const grid: InventedSweep = {
  windows: 8,
  space: { fast: { from: 5, to: 25, step: 5 }, slow: [60, 80, 100], side: ["long", "both"] },
};

async function pageOf(invented: InventedSweep): Promise<string> {
  const stores = await openMemoryStores();
  return renderSweepReport(await collectSweepReport(await storeSweep(invented, stores), { dollars: 0 }, stores));
}

/** The text of a section, without markup, spaces joined. */
function textOf(page: string, id: string): string {
  const [, section = ""] = new RegExp(`<section id="${id}"([\\s\\S]*?)</section>`).exec(page) ?? [];
  return section.replace(/<script[\s\S]*?<\/script>|<[^>]*>/g, " ").replace(/\s+/g, " ");
}

test("has every section that a finished walk-forward sweep can fill", async () => {
  const page = await pageOf(grid);
  const sections = [...page.matchAll(/<section id="([a-z-]+)"/g)].map(([, id]) => id);
  expect(sections).toEqual([
    "overfitting",
    "ribbon",
    "stitched",
    "windows",
    "scatter",
    "surface",
    "lanes",
    "spreads",
    "regimes",
    "failures",
    "metrics",
    "provenance",
  ]);
});

test("says in plain words how much may be luck", async () => {
  const text = textOf(await pageOf(grid), "overfitting");
  expect(text).toContain(
    "In 31.2% of 12,870 ways to split the bars into halves, the parameters that were best in one half were in the worse half",
  );
  expect(text).toContain("Deflated Sharpe ratio");
  expect(text).toContain("81.0%");
});

test("lists each window with its best parameters, both objectives and the efficiency", async () => {
  const rows = [
    ...(await pageOf(grid)).matchAll(
      /<tr><td class="number " data-v="\d+">(\d+)<\/td><td data-v="\d+" title="in-sample ([^"]*)">([^<]*)<\/td><td>([^<]*)<\/td>/g,
    ),
  ];
  expect(rows).toHaveLength(8);
  expect(rows[1]?.slice(1, 4)).toEqual(["1", "2010-05-09 to 2011-09-20", "2011-09-21 to 2012-01-23"]);
  expect(rows[1]?.[4]).toMatch(/^fast \d+, slow \d+, side (long|both)$/);
});

test("counts failures by category and lists the first of them with their parameters", async () => {
  const text = textOf(await pageOf({ ...grid, failedLanes: 2 }), "failures");
  expect(text).toContain("failed: strategy error 16 lanes");
  expect(text).toContain("did not meet closedTrades &gt;= 5 16 lanes");
  expect(text).toContain("window 0, lane 1 fast 5, slow 60, side both StrategyError: this lane throws");
});

test("ranks the lanes by the mean of their objective over the windows", async () => {
  const [, table = ""] = /<section id="lanes"([\s\S]*?)<\/section>/.exec(await pageOf(grid)) ?? [];
  const values = [...table.matchAll(/<tr><td[^>]*>\d+<\/td><td>[^<]*<\/td><td class="number " data-v="([^"]*)"/g)].map(
    ([, value]) => Number(value),
  );
  expect(values).toHaveLength(30);
  expect(values).toEqual([...values].sort((a, b) => b - a));
});

test("markup in the names of sweeps and parameters stays text", async () => {
  const page = await pageOf({ windows: 2, name: "<img src=x onerror=alert(1)>", space: { "</script><b>": [1, 2, 3] } });
  expect(page).not.toContain("<img");
  expect(page).not.toContain("</script><b>");
});

test("asks for nothing but itself", async () => {
  const page = await pageOf(grid);
  expect(page).toContain("default-src 'none'");
  expect(page).not.toMatch(/(?:src|href)="(?!data:|#)/);
});

test("10,000 lanes in 6 windows make a page below 3 MB", { timeout: 60_000 }, async () => {
  const page = await pageOf({
    windows: 6,
    space: { a: { from: 1, to: 100, step: 1 }, b: { from: 1, to: 100, step: 1 } },
  });
  expect(page.length).toBeLessThan(3_000_000);
});

test("a sweep that has not ended tells how far it is and how to go on", async () => {
  const stores = await openMemoryStores();
  const { resultHash: _hash, resultDigest: _digest, ...sweep } = await storeSweep(grid, stores);
  const counts = { total: 240, cached: 10, completed: 50, failed: 1 };
  const page = renderSweepReport(
    await collectSweepReport({ ...sweep, status: "cancelled", counts }, { dollars: 0 }, stores),
  );
  expect(page).toContain("50 of 240 lanes are computed, 1 failed.");
  expect(page).toContain("backstitch sweep resume invented-1a2b3c4d");
  expect(page).not.toContain('<section id="stitched"');
});

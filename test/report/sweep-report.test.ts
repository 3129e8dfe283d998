import { expect, test } from "vitest";
import { renderSweepReport } from "../../lib/report/sweep-report.ts";
import { collectSweepReport } from "../../lib/report/sweep-report-input.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { metricSpreads } from "../../lib/sweep/window-answer.ts";
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

test("says how many positions were open at the ends of windows, for the trades' figures leave them out", async () => {
  expect(textOf(await pageOf({ ...grid, openTrades: 3 }), "stitched")).toContain(
    "1,000 bars and 44 trades. Each window begins with the equity that the one before it ended with. 3 more positions were open at the end of a window",
  );
  expect(textOf(await pageOf(grid), "stitched")).not.toContain("open at the end");
});

test("tells how many lanes it computed, of failed ones too", async () => {
  const stores = await openMemoryStores();
  const sweep = await storeSweep({ ...grid, failedLanes: 2 }, stores);
  const known = { ...sweep, hosts: ["mill"], counts: { ...sweep.counts, cached: sweep.counts.total } };
  const page = renderSweepReport(await collectSweepReport(known, { dollars: 0 }, stores));
  expect(textOf(page, "provenance")).toContain("Lanes 0 computed, 240 taken from earlier sweeps; 16 failed");
  expect(textOf(page, "provenance")).toContain("Computed on mill");
});

test("says in plain words how much may be luck", async () => {
  const text = textOf(await pageOf(grid), "overfitting");
  expect(text).toContain(
    "In 31.2% of 12,870 ways to split the bars into halves, the parameters that were best in one half were in the worse half",
  );
  expect(text).toContain("Deflated Sharpe ratio");
  expect(text).toContain("81.0%");
});

test("tells the kinds of market by the thresholds of the spec", async () => {
  const text = textOf(await pageOf(grid), "regimes");
  expect(text).toContain("Bull: rising 1 700 +12.00% 1.10 8.00%");
  expect(text).toContain("Volatile 0 0 – – –");
  expect(text).toContain(
    "The stitched record, out of sample. The market is told apart by its last 63 returns, annualised (252 a year), looking back only: volatile where their deviation is above 25.00%; else bull where their mean is above 10.00%, bear where it is below −10.00%, sideways between.",
  );
});

const pathOf = (sharpe: number) => ({
  windows: [0, 1],
  missing: sharpe < 0 ? 1 : 0,
  metrics: { totalReturn: sharpe / 10, cagr: sharpe / 20, volatility: 0.1, sharpe, sortino: sharpe, maxDrawdown: 0.2 },
});

test("tells how the Sharpe ratios of backtest paths are spread, and lists the paths", async () => {
  const paths = [-0.1, 0.5, 1.1].map(pathOf);
  const spreads = metricSpreads(paths.map(({ metrics }) => metrics));
  const text = textOf(
    await pageOf({ ...grid, paths: { paths, spreads, medianSharpe: 0.5, sharpeNotAboveZero: 1 / 3 } }),
    "paths",
  );
  expect(text).toContain(
    "3 records over all bars, put together of what the choices did on 2 groups of bars that they had not seen. Their Sharpe ratios have the median 0.50 and the mean 0.50, with a deviation of 0.60, from −0.10 to 1.10; 1 of 3 are not above 0.",
  );
  expect(text).toContain("0 −1.00% −0.50% −0.10 −0.10 10.00% 20.00% 1");
});

test("a single path is not spread, and none that was held says so", async () => {
  const one = [pathOf(0.5)];
  const idle = [{ ...pathOf(0), metrics: { ...pathOf(0).metrics, sharpe: null } }];
  const texts = await Promise.all(
    [one, idle].map(async (paths) => {
      const spreads = metricSpreads(paths.map(({ metrics }) => metrics));
      return textOf(
        await pageOf({ ...grid, paths: { paths, spreads, medianSharpe: null, sharpeNotAboveZero: 0 } }),
        "paths",
      );
    }),
  );
  expect(texts[0]).toContain("Its Sharpe ratio is 0.50.");
  expect(texts[1]).toContain("None of them ever held a position.");
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

test("says of each window how much of its choice is luck", async () => {
  const text = textOf(await pageOf(grid), "windows");
  expect(text).toContain("PBO DSR Trials");
  // Of window 0 nothing is deflated, of window 1 it is 41 %.
  const rows = [
    ...(await pageOf(grid)).matchAll(
      /31%<\/td><td class="number " data-v="([\d.]*)">([^<]*)<\/td><td[^>]*>12\.8<\/td><\/tr>/g,
    ),
  ];
  expect(rows.slice(0, 2).map(([, value, shown]) => [value, shown])).toEqual([
    ["", "–"],
    ["0.41", "41%"],
  ]);
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

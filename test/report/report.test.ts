import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { metricDefinitions } from "../../lib/report/metric-definitions.ts";
import { renderReport } from "../../lib/report/render-report.ts";
import { collectReport, ReportLaneError } from "../../lib/report/report-input.ts";
import { loadResult } from "../../lib/run/finish.ts";
import type { RunStores } from "../../lib/run/opened-run.ts";
import { MissingRunError } from "../../lib/run/run-store.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { attempt, createRun, importSp500, sp500Spec } from "./stored-run.ts";

describe("what a report is made from", () => {
  test("a cut run's curve ends at the result's equity and its deepest drawdown is the metric", async () => {
    const { runId, stores } = await stored(sp500Spec());
    await attempt(runId, stores, 1_500);
    await attempt(runId, stores);
    const { curves, lanes } = await collectReport(runId, 0, stores);
    const metrics = lanes[0]?.metrics;

    expect(curves?.points.at(-1)?.equity).toBe(metrics?.finalEquity);
    expect(Math.max(...(curves?.points ?? []).map((point) => -(point.drawdown ?? 0)))).toBeCloseTo(
      metrics?.maxDrawdown ?? Number.NaN,
      12,
    );
  });

  test("the benchmark is the cash held from the first close to the last", async () => {
    const { runId, stores } = await stored(sp500Spec());
    const { curves } = await collectReport(runId, 0, stores);
    // The S&P 500 closed at 1455.219971 on 2000-01-03 and at 2874.560059 on 2020-04-17.
    expect(curves?.benchmark.finalEquity).toBeCloseTo((100_000 * 2874.560059) / 1455.219971, 6);
  });

  test("all trades of a short run are listed", async () => {
    const { runId, stores } = await stored(sp500Spec());
    await attempt(runId, stores);
    const { trades, lanes } = await collectReport(runId, 0, stores);
    expect(trades.listed).toHaveLength(lanes[0]?.metrics?.closedTrades ?? -1);
    expect(trades.listed.reduce((sum, { netProfit }) => sum + netProfit, 0)).toBeCloseTo(
      lanes[0]?.metrics?.netProfit ?? Number.NaN,
      6,
    );
  });

  test("sparse equity points lie on the bars they were kept for", async () => {
    const { runId, stores } = await stored(sp500Spec({ record: { equityEvery: 7 } }));
    await attempt(runId, stores, 1_500);
    await attempt(runId, stores);
    const { curves, lanes, run } = await collectReport(runId, 0, stores);
    const points = curves?.points ?? [];
    expect(points.slice(0, -1).every(({ bar, equity }) => bar % 7 === 0 && equity !== null)).toBe(true);
    expect(points.at(-1)).toMatchObject({ bar: run.endBar - 1, equity: lanes[0]?.metrics?.finalEquity });
  });

  test("refuses a lane that the run does not have", async () => {
    const { runId, stores } = await stored(sp500Spec());
    await expect(collectReport(runId, 1, stores)).rejects.toThrow(ReportLaneError);
    await expect(collectReport(runId, 1, stores)).rejects.toThrow("--lane 1");
  });

  test("refuses a run that does not exist", async () => {
    await expect(collectReport("nobody", 0, await openMemoryStores())).rejects.toThrow(MissingRunError);
  });
});

describe("the page", () => {
  test("names every metric of a result with its definition", async () => {
    const { runId, stores } = await stored(sp500Spec());
    await attempt(runId, stores);
    const run = await stores.runs.getRun(runId);
    const result = await loadResult({ runId, resultHash: run?.resultHash ?? "" }, stores);
    const names = Object.keys(result?.lanes[0]?.metrics ?? {});
    expect(names.length).toBeGreaterThan(50);
    expect(names.sort()).toEqual(Object.keys(metricDefinitions).sort());

    const text = await page(runId, stores);
    expect(Object.values(metricDefinitions).filter(({ label }) => !text.includes(`<th scope="row">${label}<`))).toEqual(
      [],
    );
  });

  test("says that a failed run is not finished, why, and shows what is stored", async () => {
    const { runId, stores } = await stored(failing);
    await expect(attempt(runId, stores)).rejects.toThrow("failed at bar 1000");
    const text = await page(runId, stores);
    expect(text).toContain("This run is not finished.");
    expect(text).toContain("700 of 5,105 bars done");
    expect(text).toContain("no &lt;img src=x&gt; here");
    expect(text).toContain(`backstitch resume ${runId}`);
  });

  test("escapes what users named: no markup of tags and messages gets through", async () => {
    const { runId, stores } = await stored(failing);
    await expect(attempt(runId, stores)).rejects.toThrow();
    const text = await page(runId, stores);
    expect(text).toContain("<td>&lt;script&gt;alert(1)&lt;/script&gt;</td><td>a &amp; b</td>");
    expect(text).not.toContain("alert(1)</script>");
    expect(text).not.toContain("<img src=x");
  });

  test("a run that has not begun is a page too", async () => {
    const { runId, stores } = await stored(sp500Spec());
    const text = await page(runId, stores);
    expect(text).toContain("No segment is done yet.");
    expect(text).toContain("No equity is stored yet");
  });

  test("a run whose snapshot is gone has no curves and says so", async () => {
    const { runId, stores } = await stored(sp500Spec());
    await attempt(runId, stores);
    await stores.snapshots.removeName("sp500");
    const text = await page(runId, stores);
    expect(text).toContain("The snapshot of this run is not in the stores any more");
    expect(text).toContain('<section id="metrics"');
  });

  test("several lanes are a table, with the one whose curves are shown", async () => {
    const lanes = [
      { fast: 5, slow: 20 },
      { fast: 10, slow: 30 },
    ];
    const { runId, stores } = await stored(sp500Spec({ strategy: { name: "sma-cross", params: {}, lanes } }));
    await attempt(runId, stores);
    const text = renderReport(await collectReport(runId, 1, stores));
    expect(text).toContain(
      '<tr class="chosen" aria-current="true"><td class="number " data-v="1">1</td><td>fast 10, slow 30, side long</td>',
    );
    expect(text).toContain("<td>fast 5, slow 20, side long</td>");
  });

  test("keeps the charting library's licence header and attribution", async () => {
    const { runId, stores } = await stored(sp500Spec());
    const text = await page(runId, stores);
    expect(text).toContain(" * Copyright (c) 2026 TradingView, Inc.\n * Licensed under Apache License 2.0");
    expect(text).toContain(
      '<a href="https://www.tradingview.com/">TradingView Lightweight Charts™, Copyright (c) 2026 TradingView, Inc.</a>',
    );
  });
});

const failing = sp500Spec({
  name: "failing",
  strategy: { file: fileURLToPath(new URL("failing-strategy.ts", import.meta.url)) },
});

async function stored(spec: SpecInput): Promise<{ runId: string; stores: RunStores }> {
  const stores = await openMemoryStores();
  await importSp500(stores);
  return { runId: (await createRun(spec, stores)).runId, stores };
}

async function page(runId: string, stores: RunStores): Promise<string> {
  return renderReport(await collectReport(runId, 0, stores));
}

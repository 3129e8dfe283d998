import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderSweepReport } from "../../lib/report/sweep-report.ts";
import { collectSweepReport } from "../../lib/report/sweep-report-input.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { type InventedSweep, storeSweep } from "./stored-sweep.ts";

const chromiumPath = "/usr/bin/chromium";
const hasBrowser = existsSync(chromiumPath);
if (!hasBrowser)
  console.warn(`Skipped: reports of sweeps are not opened in a browser, because ${chromiumPath} is not installed.`);

const grid: InventedSweep = {
  windows: 12,
  failedLanes: 2,
  space: { fast: { from: 5, to: 50, step: 5 }, slow: [60, 80, 100, 140], side: ["long", "both"] },
};

describe.skipIf(!hasBrowser)("the report of a sweep in a browser", () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "backstitch-sweep-"));
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
    });
  });

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  test.each([
    { width: 1280, colorScheme: "light" },
    { width: 1280, colorScheme: "dark" },
    { width: 390, colorScheme: "light" },
    { width: 390, colorScheme: "dark" },
  ] as const)("fits a screen $width wide in $colorScheme colours, without complaints", async (screen) => {
    const { page, troubles } = await opened(grid, screen);
    const [content, window] = await page.evaluate<[number, number]>(
      "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
    );
    expect(content).toBeLessThanOrEqual(window);
    expect(troubles).toEqual([]);
  });

  test("draws the windows, both curves and a point for every winner", async () => {
    const { page } = await opened(grid);
    expect(await page.locator("#ribbon-plot rect.in").count()).toBe(12);
    expect(await page.locator("#ribbon-plot rect.out").count()).toBe(12);
    for (const curve of ["#stitched-plot .line", "#drawdown-plot .line"]) {
      const box = await page.locator(curve).boundingBox();
      expect(box?.width).toBeGreaterThan(900);
      expect(box?.height).toBeGreaterThan(50);
    }
    expect(await page.locator("#scatter-plot .point").count()).toBe(36);
  });

  test("draws the map of two parameters and redraws it for others", async () => {
    const { page } = await opened(grid);
    expect(await page.locator("#map td").count()).toBe(4 * 10);
    expect(await page.locator("#map td.holds").count()).toBe(1);
    await page.selectOption("#map-y", { label: "side" });
    expect(await page.locator("#map td").count()).toBe(4 * 2);
    await page.selectOption("#map-shows", "around");
    expect(await page.locator("#map td").first().getAttribute("data-tip")).toContain("slow 60, side long");
    await page.selectOption("#map-of", { label: "window 3" });
    expect(await page.locator("#map-high").textContent()).toMatch(/^\d/);
  });

  test("tells the equity and the window under the pointer", async () => {
    const { page } = await opened(grid);
    await page.hover("#stitched-plot .plot-area");
    expect(await page.locator("#tip").textContent()).toMatch(/^20\d\d-\d\d-\d\d\nEquity: [\d,]+\nwindow \d+: /);
  });

  test("tells what a window chose and what became of it", async () => {
    const { page } = await opened(grid);
    await page.locator("#ribbon-plot rect.out").nth(3).hover();
    expect(await page.locator("#tip").textContent()).toMatch(
      /^Window 3\nin-sample .*\nout of sample .*\nfast \d+, slow \d+/,
    );
  });

  test("a sweep of one lane opens without complaints", async () => {
    const { troubles } = await opened({ windows: 1, space: { fast: [5] } });
    expect(troubles).toEqual([]);
  });

  test("prints", async () => {
    const { page, troubles } = await opened(grid);
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
    expect(troubles).toEqual([]);
  });

  /** Opens the report of an invented sweep, and collects what the page complains about or asks for. */
  async function opened(
    invented: InventedSweep,
    screen: { width: number; colorScheme: "light" | "dark" } = { width: 1280, colorScheme: "light" },
  ) {
    const stores = await openMemoryStores();
    const sweep = await storeSweep(invented, stores);
    const file = join(folder, `${sweep.sweepId}.html`);
    await writeFile(file, renderSweepReport(await collectSweepReport(sweep, { dollars: 0 }, stores)));
    const page = await browser.newPage({
      viewport: { width: screen.width, height: 900 },
      colorScheme: screen.colorScheme,
    });
    const troubles: string[] = [];
    page.on("console", (message) => troubles.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith("data:") && request.url() !== pathToFileURL(file).href)
        troubles.push(`asks for ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    return { page, troubles };
  }
});

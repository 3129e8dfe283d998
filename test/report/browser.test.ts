import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderReport } from "../../lib/report/render-report.ts";
import { collectReport } from "../../lib/report/report-input.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { attempt, createRun, importSp500, sp500Spec } from "./stored-run.ts";

const chromiumPath = "/usr/bin/chromium";
const hasBrowser = existsSync(chromiumPath);
if (!hasBrowser)
  console.warn(`Skipped: reports are not opened in a browser, because ${chromiumPath} is not installed.`);

describe.skipIf(!hasBrowser)("a report in a browser", () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "backstitch-report-"));
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
    });
  });

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  test("draws its charts and asks for nothing but itself", async () => {
    const { page, troubles } = await opened(sp500Spec());
    // Reading the pixels below makes the browser warn about itself.
    expect(troubles).toEqual([]);
    for (const colour of ["equity", "benchmark", "loss"])
      expect(await pixels(page, "#equity-chart", colour)).toBeGreaterThan(50);
    for (const colour of ["price", "gain", "loss"])
      expect(await pixels(page, "#price-chart", colour)).toBeGreaterThan(50);
  });

  test("shows where the run was cut, stopped and resumed", async () => {
    const { page } = await opened(sp500Spec());
    expect(await page.locator("#strip .block").count()).toBe(8);
    expect(await page.locator("#strip .mark").count()).toBe(1);
    await page.hover("#strip .mark");
    expect(await page.locator("#tip").textContent()).toMatch(
      /Attempt 1 interrupted .* at bar 2,100.*\nResumed as attempt 2 at bar 2,100/,
    );
  });

  test("the strip ends where the plot of the chart ends", async () => {
    const { page } = await opened(sp500Spec());
    const last = await page.locator("#strip .block").last().boundingBox();
    const plot = await page.locator("#equity-chart canvas").first().boundingBox();
    expect(Math.abs((last?.x ?? 0) + (last?.width ?? 0) - (plot?.x ?? 0) - (plot?.width ?? 0))).toBeLessThan(4);
  });

  test("a zoomed chart takes the strip with it", async () => {
    const { page } = await opened(sp500Spec());
    const before = await page.locator("#strip .block").nth(3).boundingBox();
    await page.click('.tools[data-chart="1"] [aria-label="Zoom in"]');
    await expect
      .poll(async () => (await page.locator("#strip .block").nth(3).boundingBox())?.width ?? 0)
      .toBeGreaterThan((before?.width ?? 0) * 1.5);
  });

  test("sorts trades by a column's numbers and pages them", async () => {
    const { page } = await opened(sp500Spec());
    await page.click('#trades th button:has-text("Net profit")');
    const profits = await page.locator("#trades tbody tr td:nth-child(10)").allTextContents();
    const values = profits.map((text) => Number(text.replace("−", "-").replaceAll(",", "")));
    expect(values).toHaveLength(15);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    await page.click('#trades button:has-text("Next")');
    expect(await page.locator("#trades .pager span").textContent()).toBe("16 to 30 of 87");
  });

  test.each([
    { width: 1280, colorScheme: "dark" },
    { width: 390, colorScheme: "light" },
    { width: 390, colorScheme: "dark" },
  ] as const)("fits a screen $width wide in $colorScheme colours", async (screen) => {
    const { page, troubles } = await opened(sp500Spec(), screen);
    const [content, window] = await page.evaluate<[number, number]>(
      "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
    );
    expect(content).toBeLessThanOrEqual(window);
    expect(troubles).toEqual([]);
    expect(await pixels(page, "#equity-chart", "equity")).toBeGreaterThan(50);
  });

  test("a run of one bar opens without errors", async () => {
    const { troubles } = await opened(sp500Spec({ data: { snapshot: "sp500", from: "2001-03-01", to: "2001-03-01" } }));
    expect(troubles).toEqual([]);
  });

  test("a printed report has pictures of its charts", async () => {
    const { page } = await opened(sp500Spec());
    await page.pdf();
    expect(
      await page
        .locator(".print-chart")
        .evaluateAll((images) => images.map((image) => String(image.getAttribute("src")).slice(0, 22))),
    ).toEqual(["data:image/png;base64,", "data:image/png;base64,"]);
  });

  /** Opens the report of a run that was interrupted after bar 1,500, and collects what the page complains about or asks for. */
  async function opened(
    spec: SpecInput,
    screen: { width: number; colorScheme: "light" | "dark" } = { width: 1280, colorScheme: "light" },
  ) {
    const stores = await openMemoryStores();
    await importSp500(stores);
    const { runId } = await createRun(spec, stores);
    await attempt(runId, stores, 1_500);
    if ((await stores.runs.getRun(runId))?.status !== "completed") await attempt(runId, stores);
    const file = join(folder, `${runId}.html`);
    await writeFile(file, renderReport(await collectReport(runId, 0, stores)));

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
    await page.waitForSelector("#equity-chart canvas");
    await page.waitForFunction("document.querySelector('.strip-plot').style.width !== ''");
    return { page, troubles };
  }

  /** How many pixels of a chart have the colour that the style sheet gives this name. */
  function pixels(page: Page, chart: string, colour: string): Promise<number> {
    return page.evaluate<number>(`(() => {
      const hex = getComputedStyle(document.documentElement).getPropertyValue("--${colour}").trim();
      const wanted = parseInt("ff" + hex.slice(5, 7) + hex.slice(3, 5) + hex.slice(1, 3), 16);
      return [...document.querySelectorAll("${chart} canvas")].reduce((sum, canvas) => {
        if (canvas.width === 0 || canvas.height === 0) return sum;
        const drawn = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
        return sum + drawn.reduce((count, pixel) => count + (pixel === wanted ? 1 : 0), 0);
      }, 0);
    })()`);
  }
});

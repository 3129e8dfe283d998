import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "package-"));
const env = {
  ...process.env,
  PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
  BACKSTITCH_HOME: "",
};
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function sh(command: string, args: readonly string[], cwd = folder): string {
  return execFileSync(command, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Packs the repository and installs the tarball in an empty folder, as a user does. */
beforeAll(() => {
  sh("npm", ["pack", "--pack-destination", folder, "--loglevel=error"], root);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  const project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "name": "project", "type": "module", "private": true }');
  sh(
    "npm",
    ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error", join(folder, tarball)],
    project,
  );
}, 300_000);

test("the packed tarball gives a working npx backstitch and a typed import", { timeout: 120_000 }, () => {
  const project = join(folder, "project");
  const installed = join(project, "node_modules", "backstitch");
  expect(existsSync(join(installed, "dist", "cli", "main.js"))).toBe(true);
  expect(existsSync(join(installed, "lib"))).toBe(false);

  const rows = Array.from({ length: 300 }, (_, i) => {
    const close = 100 + 10 * Math.sin(i / 7) + i / 20;
    const day = new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10);
    return `${day},${close},${close + 1},${close - 1},${close},1000`;
  });
  writeFileSync(join(project, "bars.csv"), `date,open,high,low,close,volume\n${rows.join("\n")}\n`);
  writeFileSync(
    join(project, "mine.ts"),
    `import { close, defineStrategy, sma, z } from "backstitch";
const params = z.strictObject({ length: z.int().default(20) });
export default defineStrategy({ name: "mine", params, columns: ({ length }) => ({ mean: sma(close, length) }), onBar(bar) {
  if (bar.position === 0 && bar.close > bar.columns.mean.now) bar.buy();
  if (bar.position > 0 && bar.close < bar.columns.mean.now) bar.closePosition();
} });\n`,
  );
  writeFileSync(
    join(project, "spec.yaml"),
    "data: { snapshot: bars }\nstrategy: { file: ./mine.ts }\ncheckpoint: { everyBars: 100 }\n",
  );

  expect(sh("npx", ["backstitch", "--version"], project).trim()).toBe("0.1.0");
  sh(
    "npx",
    ["backstitch", "data", "import", "bars.csv", "--symbol", "X", "--timeframe", "1d", "--name", "bars"],
    project,
  );
  const stored = JSON.parse(sh("npx", ["backstitch", "run", "spec.yaml", "--json"], project)) as {
    status: string;
    resultDigest: string;
    lanes: { metrics: { closedTrades: number } }[];
  };
  expect(stored.status).toBe("completed");
  expect(stored.lanes[0]?.metrics.closedTrades).toBeGreaterThan(3);
  sh("npx", ["backstitch", "report", "latest", "--out", "report.html"], project);
  expect(existsSync(join(project, "report.html"))).toBe(true);

  writeFileSync(
    join(project, "use.ts"),
    `import { runBacktest } from "backstitch";
import mine from "./mine.ts";
const result = await runBacktest({ strategy: mine }, { file: "bars.csv", timeframe: "1d" });
console.log(result.resultDigest);\n`,
  );
  expect(sh("node", ["use.ts"], project).trim()).toBe(stored.resultDigest);
});

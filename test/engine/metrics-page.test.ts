import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runScript } from "./run-script.ts";

test("docs/METRICS.md has a row for every metric and none for another", async () => {
  const { metrics } = await runScript({}, [100, 101]);
  const page = readFileSync(new URL("../../docs/METRICS.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
  expect(rows.toSorted()).toEqual(Object.keys(metrics).toSorted());
});

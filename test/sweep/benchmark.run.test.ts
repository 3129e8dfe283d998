import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { importBars } from "../../lib/market/import-bars.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import type { TableRow } from "../../lib/sweep/sweep-digest.ts";
import { getDocument } from "../../lib/sweep/sweep-objects.ts";
import type { SweepSpecInput } from "../../lib/sweep/sweep-spec.ts";
import { completedSweep } from "./laptop-sweep.ts";

const generator = new URL("../../../shared/cases/bench/gen.mjs", import.meta.url);

test.skipIf(!existsSync(generator))(
  "the benchmark's hundred pairs give the known best and sum (needs the shared cases)",
  async () => {
    const home = mkdtempSync(join(tmpdir(), "sweep-"));
    const stores = await openLocalStores(home);
    const { generate } = await import(generator.href);
    const bars = generate(100_000);
    const file = join(home, "bars.csv");
    const rows = Array.from({ length: 100_000 }, (_, i) =>
      [bars.t[i], bars.o[i], bars.h[i], bars.l[i], bars.c[i], bars.v[i]].join(","),
    );
    writeFileSync(file, `timestamp,open,high,low,close,volume\n${rows.join("\n")}\n`);
    const place = {
      symbol: "SYN",
      timeframe: "1m",
      name: "bench",
      timeZone: "UTC",
      currency: "USD",
      nowMs: Date.UTC(2026, 0, 5),
    };
    await importBars({ ...place, files: [file], barLabel: "open", missing: "error", adjust: "none" }, stores);
    const spec: SweepSpecInput = {
      base: {
        data: { snapshot: "bench" },
        strategy: { name: "sma-cross" },
        account: { cash: 1_000_000 },
        sizing: { kind: "units", units: 10 },
        execution: { commission: { kind: "percent", percent: 0.1 } },
      },
      space: { fast: { from: 5, to: 50, step: 5 }, slow: { from: 60, to: 150, step: 10 } },
      objective: "finalEquity",
    };
    const result = await completedSweep(spec, { home, stores });
    const [reference] = result.table;
    const table = await getDocument<readonly TableRow[]>(reference?.hash ?? "", stores.objects);
    const equities = table.map((row) =>
      "metrics" in row ? Number((row.metrics as { finalEquity: number }).finalEquity) : 0,
    );
    await stores.close();
    rmSync(home, { recursive: true });
    expect(result.best?.params).toMatchObject({ fast: 50, slow: 150 });
    expect(result.best?.metrics.finalEquity).toBeCloseTo(999119.3989166, 6);
    expect(equities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(99855149.94525, 4);
  },
);

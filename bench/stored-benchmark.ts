import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sliceBars } from "../lib/engine/bars.ts";
import { generatedProvenance } from "../lib/market/provenance.ts";
import { snapshotWriter } from "../lib/market/snapshot-writer.ts";
import type { RunStores } from "../lib/run/opened-run.ts";
import { openLocalStores } from "../lib/stores/local/stores.ts";
import { benchmarkBars } from "./benchmark-bars.ts";

/** The benchmark case's spec as a file; `everyBars` is the length of a segment. */
export function benchmarkSpec(everyBars: number): object {
  return {
    name: "benchmark",
    data: { snapshot: "benchmark" },
    strategy: { name: "sma-cross", params: { fast: 10, slow: 30 } },
    account: { cash: 1_000_000 },
    sizing: { kind: "units", units: 10 },
    execution: { commission: { kind: "percent", percent: 0.1 } },
    checkpoint: { everyBars },
  };
}

/** Calls `use` with a fresh home folder that holds the benchmark's bars as a snapshot and the spec as spec.json; removes it afterwards. */
export async function withStoredBenchmark<T>(
  bars: number,
  everyBars: number,
  use: (home: string, spec: string) => Promise<T>,
): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), "backstitch-bench-"));
  try {
    const stores = await openLocalStores(home);
    await putBenchmark(bars, stores);
    await stores.close();
    const spec = join(home, "spec.json");
    writeFileSync(spec, JSON.stringify(benchmarkSpec(everyBars)));
    return await use(home, spec);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Stores the benchmark's bars as the snapshot "benchmark". */
export async function putBenchmark(bars: number, stores: RunStores): Promise<void> {
  const instrument = { symbol: "BENCH", timeframe: "1m", timeZone: "UTC", currency: "USD" };
  // The last of ten million minutes from 2020 on lies in 2039.
  const nowMs = Date.UTC(2100, 0, 1);
  const writer = snapshotWriter({ instrument, missing: "error", adjust: "none", nowMs }, stores.objects);
  const all = benchmarkBars(bars);
  const step = 65_536;
  for (let bar = 0; bar < bars; bar += step) {
    const { startBar: _, ...columns } = sliceBars(all, bar, Math.min(bars, bar + step));
    await writer.write(columns);
  }
  const manifest = await writer.finish(generatedProvenance(Date.now()));
  await stores.snapshots.put({ name: "benchmark", recordedAtMs: Date.now(), manifest });
}

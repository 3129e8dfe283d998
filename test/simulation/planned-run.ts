import { timeframeMs } from "../../lib/engine/timeframe.ts";
import type { RunStores } from "../../lib/run/opened-run.ts";
import { parseSpec } from "../../lib/run/parse-spec.ts";
import type { RunRecord } from "../../lib/run/run-store.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { createRun, planRun } from "../../lib/run/start-run.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { generatedBars } from "./generated-bars.ts";
import { putSnapshot } from "./put-snapshot.ts";

export type Market = {
  readonly count: number;
  readonly seed: number;
  readonly timeframe: string;
  readonly chunkBars: number;
};

/** Memory stores that hold these bars as the snapshot "bars". */
export async function marketStores(market: Market): Promise<RunStores> {
  const stores = await openMemoryStores();
  const bars = generatedBars(market.count, market.seed, timeframeMs(market.timeframe) ?? 0);
  await putSnapshot(bars, { ...market, name: "bars" }, stores);
  return stores;
}

/** A queued run of the spec with these checkpoints; two of one spec do not know of each other. */
export async function plannedRun(
  spec: SpecInput,
  checkpoint: SpecInput["checkpoint"],
  stores: RunStores,
): Promise<RunRecord> {
  const parsed = parseSpec({ ...spec, ...(checkpoint === undefined ? {} : { checkpoint }) }, "The spec");
  return createRun(await planRun(parsed, stores), undefined, 0, stores);
}

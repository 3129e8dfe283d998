import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { appendBars } from "../../lib/market/append-bars.ts";
import { type BarColumns, sliceColumns } from "../../lib/market/bar-rows.ts";
import { importBars } from "../../lib/market/import-bars.ts";
import { extendRun, extensionSpec, forkRun } from "../../lib/run/branch-run.ts";
import type { RunStores } from "../../lib/run/opened-run.ts";
import { parseSpec } from "../../lib/run/parse-spec.ts";
import type { CheckpointRecord } from "../../lib/run/run-store.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { answerRun, planRun } from "../../lib/run/start-run.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { crashing, crashPoint } from "../stores/crashing.ts";
import { temporaryFolder } from "../stores/temporary-folder.ts";
import { generatedBars } from "./generated-bars.ts";
import { localHome } from "./local-home.ts";
import { marketStores, plannedRun } from "./planned-run.ts";
import { putSnapshot } from "./put-snapshot.ts";
import { runCounts } from "./run-counts.ts";
import { expectSoundRun } from "./run-invariants.ts";
import { live, storedRun, watching } from "./run-lives.ts";
import { readOutcome } from "./run-outcome.ts";
import { checkpointing, markets, specs } from "./specs.ts";

test("a finished run that goes on over appended bars ends like a run over all of them, also when it closes at the end", async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const options = { name: "bars", barLabel: "open", nowMs: 1e13 } as const;
  const instrument = {
    symbol: "X",
    timeframe: "1m",
    timeZone: "UTC",
    currency: "USD",
    missing: "forward-fill",
    adjust: "none",
  } as const;
  const counts = fc.record({
    base: fc.integer({ min: 5, max: 200 }),
    more: fc.integer({ min: 1, max: 200 }),
    seed: fc.nat(1_000),
  });
  const cases = fc.asyncProperty(
    specs,
    counts,
    checkpointing,
    async (spec, { base: baseCount, more, seed }, checkpoint) => {
      const stores = await openMemoryStores();
      const bars = generatedBars(baseCount + more, seed, 60_000);
      const [first, second] = [join(folder.path, "first.csv"), join(folder.path, "second.csv")];
      await writeFile(first, csv(sliceColumns(bars, 0, baseCount)));
      await writeFile(second, csv(sliceColumns(bars, baseCount, baseCount + more)));
      const base = await importBars({ ...options, ...instrument, files: [first] }, stores);
      const { runId } = await plannedRun(spec, checkpoint, stores);
      await live(runId, stores);

      expect(await appendBars({ ...options, files: [second], base }, stores)).toMatchObject({ kind: "appended" });
      const baseRun = await storedRun(runId, stores);
      const answer = await extendRun(
        baseRun,
        extensionSpec(baseRun, "bars", (same) => same),
        { nowMs: 1 },
        stores,
      );
      expect(answer).toMatchObject({ kind: "created", run: { headBar: baseCount, endBar: baseCount + more } });
      await live(answer.run.runId, stores, watching({ stopAfterChunks: 0 }));
      if ((await storedRun(answer.run.runId, stores)).status !== "completed") await live(answer.run.runId, stores);

      const whole = await plannedRun(spec, { everyBars: 1_000_000 }, stores);
      await live(whole.runId, stores);
      await expectSoundRun(answer.run.runId, new Map(), stores);
      expect(await readOutcome(answer.run.runId, stores)).toEqual(await readOutcome(whole.runId, stores));
    },
  );
  await fc.assert(cases, { numRuns: runCounts.cases });
});

test("a fork with the same spec ends like its base, from whichever checkpoint", async () => {
  const cases = fc.asyncProperty(specs, markets, checkpointing, fc.nat(3), async (spec, market, checkpoint, which) => {
    const stores = await marketStores(market);
    const { runId } = await plannedRun(spec, checkpoint, stores);
    await live(runId, stores);
    const kept = await stores.runs.listCheckpoints(runId);
    const from = await loadCheckpoint(runId, kept[which % kept.length]?.sequence ?? 0, stores);
    const fork = await forkRun(from, parseSpec(spec, "The spec"), { nowMs: 1 }, stores);
    await live(fork.runId, stores);
    await expectSoundRun(fork.runId, new Map(), stores);
    expect(await readOutcome(fork.runId, stores)).toEqual(await readOutcome(runId, stores));
  });
  await fc.assert(cases, { numRuns: runCounts.cases });
});

test("a fork with other parameters sees its columns as if they had been computed from the first bar", async () => {
  const lengths = fc.record({ fast: fc.integer({ min: 1, max: 30 }), more: fc.integer({ min: 1, max: 60 }) });
  const market = { count: 300, seed: 4, timeframe: "1h", chunkBars: 64 };
  const cases = fc.asyncProperty(lengths, lengths, fc.integer({ min: 1, max: 150 }), async (one, other, bar) => {
    const stores = await marketStores(market);
    // Nothing is decided before the fork, so that its result must be that of the new parameters alone.
    const smaSpec = ({ fast, more }: typeof one): SpecInput => ({
      data: { snapshot: "bars", warmupBars: bar },
      strategy: { name: "sma-cross", params: { fast, slow: fast + more, side: "both" } },
    });
    const { runId } = await plannedRun(smaSpec(one), { everyBars: bar, keep: 1_000 }, stores);
    await live(runId, stores);
    const fork = await forkRun(
      await loadCheckpoint(runId, 1, stores),
      parseSpec(smaSpec(other), "The spec"),
      { nowMs: 1 },
      stores,
    );
    await live(fork.runId, stores);
    const fresh = await plannedRun(smaSpec(other), { everyBars: 1_000_000 }, stores);
    await live(fresh.runId, stores);
    expect(await readOutcome(fork.runId, stores)).toEqual(await readOutcome(fresh.runId, stores));
  });
  await fc.assert(cases, { numRuns: runCounts.cases });
});

test("a fork whose process died before the checkpoint was copied is not computed from the first bar instead", async () => {
  const stores = await marketStores({ count: 100, seed: 1, timeframe: "1m", chunkBars: 100 });
  const spec = { data: { snapshot: "bars" }, strategy: { name: "sma-cross", params: { fast: 2, slow: 5 } } };
  const { runId } = await plannedRun(spec, { everyBars: 50 }, stores);
  await live(runId, stores);
  const point = crashPoint({ write: 1, when: "after", how: "throw" });
  const changed = parseSpec({ ...spec, strategy: { name: "sma-cross", params: { fast: 3, slow: 9 } } }, "The spec");
  await expect(
    forkRun(
      await loadCheckpoint(runId, 1, stores),
      changed,
      { nowMs: 1 },
      { ...stores, runs: crashing(stores.runs, point) },
    ),
  ).rejects.toThrow("The process died");
  const fork = (await stores.runs.listRuns({}, 10)).items.find(({ origin }) => origin?.kind === "fork");
  await expect(live(fork?.runId ?? "", stores)).rejects.toThrow(
    /was to start from checkpoint [0-9a-f]{64}, .* Fork it again: backstitch checkpoints fork [0-9a-f]{12}$/,
  );
});

async function loadCheckpoint(runId: string, sequence: number, stores: RunStores): Promise<CheckpointRecord> {
  const checkpoint = await stores.runs.getCheckpoint(runId, sequence);
  if (checkpoint === undefined) throw new Error(`Run ${runId} has no checkpoint ${sequence}.`);
  return checkpoint;
}

function csv(bars: BarColumns): string {
  const lines = Array.from(bars.close, (close, i) =>
    [bars.openTimeMs[i], bars.open[i], bars.high[i], bars.low[i], close, bars.volume[i]].join(","),
  );
  return `time,open,high,low,close,volume\n${lines.join("\n")}\n`;
}

test("a fork with other parameters, and what extends it, is no answer to a run of those parameters", async () => {
  for (const stores of [await openMemoryStores(), (await localHome(1)).stores]) {
    const bars = generatedBars(200, 4, 60_000);
    await putSnapshot(sliceColumns(bars, 0, 100), { name: "bars", timeframe: "1m", chunkBars: 100 }, stores);
    const smaSpec = (fast: number): SpecInput => ({
      data: { snapshot: "bars" },
      strategy: { name: "sma-cross", params: { fast, slow: 9 } },
    });
    const { runId } = await plannedRun(smaSpec(2), { everyBars: 50 }, stores);
    await live(runId, stores);
    const changed = parseSpec(smaSpec(4), "The spec");
    const fork = await forkRun(await loadCheckpoint(runId, 1, stores), changed, { nowMs: 1 }, stores);
    await live(fork.runId, stores);
    expect(await answerRun(await planRun(changed, stores), { fresh: false, nowMs: 2 }, stores)).toMatchObject({
      kind: "created",
    });

    await putSnapshot(bars, { name: "bars", timeframe: "1m", chunkBars: 100 }, stores);
    const whole = await plannedRun(smaSpec(4), { everyBars: 1_000 }, stores);
    await live(whole.runId, stores);
    const forked = await storedRun(fork.runId, stores);
    const extension = await extendRun(
      forked,
      extensionSpec(forked, "bars", (same) => same),
      { nowMs: 3 },
      stores,
    );
    expect(extension).toMatchObject({ kind: "created", run: { headBar: 100 } });
    await live(extension.run.runId, stores);
    const answer = await answerRun(await planRun(changed, stores), { fresh: false, nowMs: 4 }, stores);
    expect(answer).toMatchObject({ kind: "exists", run: { runId: whole.runId } });
  }
});

test("a run is not extended with other parameters than it has", async () => {
  const stores = await marketStores({ count: 100, seed: 1, timeframe: "1m", chunkBars: 100 });
  const spec = { data: { snapshot: "bars" }, strategy: { name: "buy-and-hold" }, account: { cash: 500 } };
  const { runId } = await plannedRun(spec, undefined, stores);
  await live(runId, stores);
  await putSnapshot(generatedBars(200, 1, 60_000), { name: "bars", timeframe: "1m", chunkBars: 100 }, stores);
  const base = await storedRun(runId, stores);
  const changed = parseSpec({ ...spec, account: { cash: 900 } }, "The spec");
  await expect(extendRun(base, changed, { nowMs: 1 }, stores)).rejects.toThrow(
    /can only be extended with its own spec and strategy; .* Fork it/,
  );
});

test("a run that is not completed is not extended: the rest of its window is its own to compute", async () => {
  const stores = await marketStores({ count: 100, seed: 1, timeframe: "1m", chunkBars: 100 });
  const spec = { data: { snapshot: "bars" }, strategy: { name: "buy-and-hold" } };
  const { runId } = await plannedRun(spec, { everyBars: 50 }, stores);
  const extended = async () => {
    const base = await storedRun(runId, stores);
    return extendRun(
      base,
      extensionSpec(base, "bars", (same) => same),
      { nowMs: 1 },
      stores,
    );
  };
  await expect(extended()).rejects.toThrow(
    `"${runId}" is queued at bar 0 of 100; only a completed run can be extended. Complete it first`,
  );
  await stores.runs.beginAttempt(runId, 0, { host: "here", pid: 1, heartbeatAtMs: 1 });
  await expect(extended()).rejects.toThrow(/is running at bar 0 of 100; .* Extend it when it has ended/);
  expect((await stores.runs.listRuns({}, 10)).items).toHaveLength(1);
});

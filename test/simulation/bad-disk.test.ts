import { execFileSync } from "node:child_process";
import { rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import { mountedFolder, mountRefusal } from "../stores/mounted-folder.ts";
import { computeInChild } from "./child-process.ts";
import { generatedBars } from "./generated-bars.ts";
import { marketStores, plannedRun } from "./planned-run.ts";
import { putSnapshot } from "./put-snapshot.ts";
import { live, storedRun } from "./run-lives.ts";
import { randomOrders } from "./specs.ts";

const spec = { data: { snapshot: "bars" }, strategy: { file: randomOrders, params: { activity: 0.02 } } };
const market = { count: 60_000, seed: 11, timeframe: "1m", chunkBars: 65_536 };

test.skipIf(mountRefusal)(
  "a disk that fills up in mid-run fails the run visibly, and with room again it ends as if nothing had been",
  async () => {
    const { path } = mountedFolder(8_192);
    const stores = await openStores(path);
    const { runId } = await plannedRun(spec, { everyBars: 2_000 }, stores);
    const ballast = join(path, "ballast");
    const { bavail, bsize } = await statfs(path);
    // Leaves room for some of the segments only.
    await writeFile(ballast, new Uint8Array(bavail * bsize - 600_000));
    const end = await computeInChild(path, runId);
    expect(end).toMatchObject({
      kind: "failed",
      name: "StorageFullError",
      message: expect.stringContaining("make room"),
    });
    const stopped = await storedRun(runId, stores);
    expect(stopped.headBar).toBeGreaterThan(0);
    expect(stopped.headBar).toBeLessThan(market.count);

    await rm(ballast);
    expect(await computeInChild(path, runId)).toEqual({ kind: "completed" });
    expect((await storedRun(runId, stores)).resultDigest).toBe(await uninterruptedDigest());
  },
);

test.skipIf(mountRefusal)(
  "a disk that has become read-only refuses to go on, and the run goes on where it was once it can be written",
  async () => {
    const mounted = mountedFolder(16_384);
    const opened = await openStores(mounted.path);
    const { runId } = await plannedRun(spec, { everyBars: 2_000 }, opened);
    expect(await computeInChild(mounted.path, runId, { kind: "step", step: 90 })).toMatchObject({ kind: "killed" });
    const { headBar } = await storedRun(runId, opened);
    await opened.close();
    mounted.makeReadOnly();
    await expect(computeInChild(mounted.path, runId)).rejects.toThrow(/StorageError: .*BACKSTITCH_HOME/);

    execFileSync("mount", ["-o", "remount,rw", mounted.path]);
    expect(await computeInChild(mounted.path, runId)).toEqual({ kind: "completed" });
    const stores = await openLocalStores(mounted.path);
    onTestFinished(stores.close);
    expect((await stores.runs.listEvents(runId)).filter(({ kind }) => kind === "resumed")).toMatchObject([
      { barIndex: headBar },
    ]);
    expect((await storedRun(runId, stores)).resultDigest).toBe(await uninterruptedDigest());
  },
);

async function openStores(home: string) {
  const stores = await openLocalStores(home);
  onTestFinished(stores.close);
  await putSnapshot(generatedBars(market.count, market.seed, 60_000), { ...market, name: "bars" }, stores);
  return stores;
}

async function uninterruptedDigest(): Promise<string | undefined> {
  const stores = await marketStores(market);
  const { runId } = await plannedRun(spec, { everyBars: 1_000_000 }, stores);
  await live(runId, stores);
  return (await storedRun(runId, stores)).resultDigest;
}

import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import { mountedFolder, mountRefusal } from "../stores/mounted-folder.ts";
import { errorDocument, json, openWorkplace, runDocument, smaSpec, sp500File, type Workplace } from "./backstitch.ts";

const place = openWorkplace();
afterAll(place.remove);
const untouched = place.path("untouched");
let runId = "";

/** Trades like any other, and fails at bar 3,200 while the environment says so. */
const failing = `
import { defineStrategy, z } from "backstitch";
export default defineStrategy({
  name: "failing",
  params: z.strictObject({}),
  onBar(bar) {
    if (bar.index === 3200 && process.env.FAILS === "yes") throw new Error("the data feed of my dreams is down");
    if (bar.index % 50 === 0) bar.position === 0 ? bar.buy({ quantity: 1 }) : bar.closePosition();
  },
});
`;

beforeAll(async () => {
  runId = await failedRun(place);
  cpSync(place.home, untouched, { recursive: true });
});

/** A run in this home that failed at bar 3,200, after six checkpoints of which three are kept. */
async function failedRun(at: Workplace): Promise<string> {
  await at.run("data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d", "--name", "sp500");
  at.write("failing.ts", failing);
  at.write("failing.json", smaSpec({ name: "failing", strategy: { file: "./failing.ts" } }));
  const ended = await at.start(["run", "failing.json"], { FAILS: "yes" }).ended;
  expect(ended).toMatchObject({ code: 1, stdout: "" });
  expect(ended.stderr).toMatch(
    /StrategyError: Strategy "failing" failed at bar 3200 in lane 0 .*: the data feed of my dreams is down/,
  );
  return json(await at.run("show", "latest", "--json"), runDocument).runId;
}

/** A home of the test's own with that run in it. */
function ownFailedRun(): { readonly at: Workplace; readonly run: string } {
  const at = openWorkplace();
  onTestFinished(at.remove);
  cpSync(untouched, at.home, { recursive: true });
  return { at, run: runId };
}

/** Flips a bit in the middle of an object's file. */
function flipByte(home: string, kind: string, hash: string): void {
  const file = join(home, "objects", kind, hash.slice(0, 2), hash.slice(2));
  const bytes = readFileSync(file);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

/** Changes one digit of a checkpoint's stored state. */
function damageState(home: string, run: string, sequence: number): void {
  const db = new DatabaseSync(join(home, "backstitch.db"));
  db.prepare("UPDATE checkpoints SET state = replace(state, '\"cash', '\"cosh') WHERE run_id = ? AND sequence = ?").run(
    run,
    sequence,
  );
  db.prepare(
    "UPDATE checkpoints SET state = replace(state, '\\\"cash', '\\\"cosh') WHERE run_id = ? AND sequence = ?",
  ).run(run, sequence);
  db.close();
}

test("a failed run says why and where, keeps its last checkpoint, and is resumed", async () => {
  const document = json(await place.run("show", runId, "--json"), runDocument);
  expect(document).toMatchObject({
    status: "failed",
    reason: { name: "StrategyError" },
    head: { bar: 3000, sequence: 6 },
  });
  const { code, stderr } = await place.run("resume", runId);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: `Run ${runId}: going on from checkpoint 6, 3,000 of 5,105 bars done.\n`,
  });
});

test("a damaged head checkpoint is named by resume and verify, with the newest good one, from which a fork goes on", async () => {
  const { at, run } = ownFailedRun();
  damageState(at.home, run, 6);
  const resumed = await at.run("resume", run, "--json");
  expect(resumed.code).toBe(1);
  const { name, message } = json(resumed, errorDocument).error;
  expect(name).toBe("RunDamagedError");
  expect(message).toMatch(/ {2}Checkpoint 6: .* is damaged: expected SHA-256/);
  expect(message).toContain(`Go on from it: backstitch checkpoints fork ${run}@5`);
  expect(resumed.stderr).not.toContain("    at ");
  const verified = await at.run("checkpoints", "verify", run);
  expect(verified).toMatchObject({ code: 1, stdout: expect.stringMatching(/DAMAGED, 1 problem\n {2}Checkpoint 6: /) });
  const forked = json(await at.run("checkpoints", "fork", `${run}@5`, "--json"), runDocument);
  expect(forked.status).toBe("completed");
});

test("a missing head checkpoint is named, with the newest good one", async () => {
  const { at, run } = ownFailedRun();
  const db = new DatabaseSync(join(at.home, "backstitch.db"));
  db.prepare("DELETE FROM checkpoints WHERE run_id = ? AND sequence = 6").run(run);
  db.close();
  const { code, stderr } = await at.run("resume", run);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/The head, checkpoint 6, is missing\./),
  });
  expect(stderr).toContain(`backstitch checkpoints fork ${run}@5`);
  expect((await at.run("checkpoints", "verify", run)).stdout).toContain("The head, checkpoint 6, is missing.");
});

test("a flipped byte in a part is named with its segment, and the checkpoint before it is offered", async () => {
  const { at, run } = ownFailedRun();
  const stores = await openLocalStores(at.home);
  const part = (await stores.runs.listSegments(run))[5]?.parts.find(({ kind }) => kind === "equity");
  await stores.close();
  flipByte(at.home, "parts", part?.hash ?? "");
  const verified = await at.run("checkpoints", "verify", run);
  expect(verified.code).toBe(1);
  expect(verified.stdout).toContain(`Segment 6 (bars 2500 to 2999): Object parts/${part?.hash} at`);
  expect(verified.stdout).toContain(`backstitch checkpoints fork ${run}@5`);
  const resumed = await at.run("resume", run);
  expect(resumed).toMatchObject({ code: 1, stderr: expect.stringContaining(`Object parts/${part?.hash} at`) });
  expect(resumed.stderr).toContain(`backstitch checkpoints fork ${run}@5`);
  expect(await at.run("checkpoints", "fork", `${run}@5`)).toMatchObject({ code: 0 });
});

test("a missing part is named, and export leaves no half file", async () => {
  const { at, run } = ownFailedRun();
  rmSync(join(at.home, "objects", "parts"), { recursive: true });
  expect((await at.run("checkpoints", "verify", run)).stdout).toContain("No good checkpoint is left");
  const exported = await at.run("export", run, "--out", "out", "--what", "equity");
  expect(exported).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("MissingObjectError") });
  expect(() => readFileSync(at.path("out/equity.csv"))).toThrow("ENOENT");
});

test.each([
  ["a flipped byte", (home: string, hash: string) => flipByte(home, "chunks", hash)],
  [
    "a truncated file",
    (home: string, hash: string) =>
      truncateSync(join(home, "objects", "chunks", hash.slice(0, 2), hash.slice(2)), 1_000),
  ],
])("%s in a chunk is named with its bars, and importing again mends it", async (_, damage) => {
  const at = openWorkplace();
  onTestFinished(at.remove);
  const importing = ["data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d", "--name", "sp500"];
  const { instruments } = json(
    await at.run(...importing, "--json"),
    z.object({ instruments: z.array(z.object({ chunks: z.array(z.object({ hash: z.string() })) })) }),
  );
  damage(at.home, instruments[0]?.chunks[0]?.hash ?? "");
  at.write("sma.json", smaSpec());
  const run = await at.run("run", "sma.json");
  expect(run).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/SnapshotDamagedError: Snapshot [0-9a-f]{12}, chunk 0 \(bars 0 to 5104\)/),
  });
  expect(run.stderr).not.toContain("    at ");
  expect(await at.run("data", "verify")).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("DAMAGED, 1 problem"),
  });
  await at.run(...importing);
  expect(await at.run("data", "verify")).toMatchObject({ code: 0 });
  expect(await at.run("run", "sma.json")).toMatchObject({ code: 0 });
});

test("a damaged database is named", async () => {
  const at = openWorkplace();
  onTestFinished(at.remove);
  await at.run("ls");
  writeFileSync(join(at.home, "backstitch.db"), "this was a database once, and now it is a letter ".repeat(200));
  const { code, stderr } = await at.run("ls");
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^DatabaseDamagedError: /) });
});

test("a server whose records cannot be read ends, instead of answering without its stores", async () => {
  const at = openWorkplace();
  onTestFinished(at.remove);
  await at.run("ls");
  const database = new DatabaseSync(join(at.home, "backstitch.db"));
  database.exec(`INSERT INTO sweeps VALUES ('later', 1, 1, '{"format":99,"status":"running"}')`);
  database.close();
  expect(await at.run("serve", "--port", "0")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^RunRecordError: Sweep record is damaged or of a newer format/),
  });
});

test.skipIf(mountRefusal)("a full disk and a read-only folder are named, and leave nothing half-written", async () => {
  const { path, makeReadOnly } = mountedFolder(256);
  const at = openWorkplace(join(path, "home"));
  onTestFinished(at.remove);
  const importing = ["data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d", "--name", "sp500"];
  expect(await at.run(...importing)).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/^StorageFullError: .*make room/),
  });
  expect((await at.run("data", "ls", "--json")).stdout).toBe('{\n  "snapshots": []\n}\n');
  makeReadOnly();
  expect(await at.run(...importing)).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/^StorageError: .*BACKSTITCH_HOME/),
  });
});

test("verify names a broken chain: a missing segment, and a parent that is another", async () => {
  const { at, run } = ownFailedRun();
  const db = new DatabaseSync(join(at.home, "backstitch.db"));
  db.prepare("DELETE FROM segments WHERE run_id = ? AND sequence = 3").run(run);
  db.prepare("UPDATE checkpoints SET record = json_set(record, '$.parentId', ?) WHERE run_id = ? AND sequence = 6").run(
    "0".repeat(64),
    run,
  );
  db.close();
  const { code, stdout } = await at.run("checkpoints", "verify", run);
  expect(code).toBe(1);
  expect(stdout).toContain(
    "Segment 4 (bars 1500 to 1999): begins at bar 1500, expected 1000: a segment is missing before it",
  );
  expect(stdout).toMatch(/Checkpoint 6: names 0{64} as its parent, expected checkpoint 5, [0-9a-f]{64}/);
});

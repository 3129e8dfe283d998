import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import { checkpoint, segment, startRun } from "./run-records.builder.ts";
import { temporaryFolder } from "./temporary-folder.ts";

type Outcome = { readonly sequence: number; readonly id: string; readonly kind: string };

test("four processes race for 60 sequences: each sequence has exactly one winner, and its checkpoint is stored", async () => {
  const { home, stores } = await startedHome();
  const processes = await Promise.all(
    [1, 2, 3, 4].map((mark) => committing({ home, mark, last: 60, stateBytes: 1_000 })),
  );
  for (const { start } of processes) start();
  const outcomes = (await Promise.all(processes.map(({ ended }) => ended))).flat();
  const winners = outcomes.filter(({ kind }) => kind === "committed").sort((a, b) => a.sequence - b.sequence);
  expect(outcomes).toHaveLength(240);
  expect(winners.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  expect((await stores.runs.listCheckpoints("r1")).map(({ checkpointId }) => checkpointId)).toEqual(
    winners.map(({ id }) => id),
  );
  expect((await stores.runs.getRun("r1"))?.headSequence).toBe(60);
});

test("eight processes that open a new folder at once all succeed", async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const processes = await Promise.all(
    [1, 2, 3, 4, 5, 6, 7, 8].map((mark) => committing({ home: folder.path, mark, last: 0, stateBytes: 0 })),
  );
  for (const { start } of processes) start();
  expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual([[], [], [], [], [], [], [], []]);
});

test("a process killed in the middle of its commits leaves a head with all its checkpoints, and nothing past it", async () => {
  const { home, stores } = await startedHome();
  for (let kill = 1; kill <= 5; kill++) {
    const { child, start, ended } = await committing({ home, mark: kill, last: 5_000, stateBytes: 50_000 });
    start();
    // Another moment each time, so that the kill falls into different steps of a commit.
    await sleep(30 + 17 * kill);
    child.kill("SIGKILL");
    const acknowledged = (await ended).at(-1)?.sequence ?? 0;
    const head = (await stores.runs.getRun("r1"))?.headSequence ?? -1;
    const upToHead = Array.from({ length: head }, (_, index) => index + 1);
    expect((await stores.runs.listCheckpoints("r1")).map(({ sequence }) => sequence)).toEqual(upToHead);
    expect((await stores.runs.listSegments("r1")).map(({ sequence }) => sequence)).toEqual(upToHead);
    expect(head).toBeGreaterThanOrEqual(acknowledged);
  }
  expect((await stores.runs.getRun("r1"))?.headSequence).toBeGreaterThan(0);
});

test("of two connections to one file that begin the same attempt, one starts", async () => {
  const { home, stores } = await startedHome();
  const other = await openLocalStores(home);
  onTestFinished(other.close);
  const owner = { host: "laptop", pid: 1, heartbeatAtMs: 9_000 };
  const outcomes = await Promise.all([stores, other].map(({ runs }) => runs.beginAttempt("r1", 1, owner)));
  expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["refused", "started"]);
});

test("a commit waits while another process holds the database", async () => {
  const { home, stores } = await startedHome();
  const holding = spawn(process.execPath, ["--input-type=module", "-e", holdDatabase, join(home, "backstitch.db")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void holding.kill("SIGKILL"));
  await once(holding.stdout, "data");
  expect(await stores.runs.commit(checkpoint(), segment())).toEqual({ kind: "committed" });
});

test("an open that waited while another process made the schema makes it no second time", async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const making = spawn(
    process.execPath,
    ["--input-type=module", "-e", makeSchema, join(folder.path, "backstitch.db")],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  onTestFinished(() => void making.kill("SIGKILL"));
  await once(making.stdout, "data");
  const stores = await openLocalStores(folder.path);
  await stores.close();
});

test("a process killed in the middle of its puts leaves whole objects only, among them all that it was told of", async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const script = fileURLToPath(new URL("putting-process.ts", import.meta.url));
  for (let kill = 1; kill <= 5; kill++) {
    const child = spawn(process.execPath, [script, folder.path], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const told: string[] = [];
    const lines = createInterface(child.stdout);
    lines.on("line", (hash) => told.push(hash));
    await once(lines, "line");
    // Another moment each time, so that the kill falls into different steps of a put.
    await sleep(7 * kill);
    child.kill("SIGKILL");
    await once(child, "close");
    const { objects, close } = await openLocalStores(folder.path);
    const listed = new Set<string>();
    for await (const { hash } of objects.list("parts")) {
      listed.add(hash);
      expect(await objects.get("parts", hash)).toHaveLength(1_000_000);
    }
    expect(told.filter((hash) => !listed.has(hash))).toEqual([]);
    await close();
  }
});

/** Makes a schema like the first, as far as its version tells, in a transaction that lasts half a second. */
const makeSchema = `
  import { DatabaseSync } from "node:sqlite";
  const db = new DatabaseSync(process.argv[1]);
  db.exec("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE");
  db.exec("CREATE TABLE schema_version (version INTEGER PRIMARY KEY, needs_backstitch TEXT NOT NULL)");
  process.stdout.write("held");
  setTimeout(() => db.exec("PRAGMA user_version = 1; COMMIT"), 500);
`;

/** Takes the write lock for half a second. */
const holdDatabase = `
  import { DatabaseSync } from "node:sqlite";
  const db = new DatabaseSync(process.argv[1]);
  db.exec("BEGIN IMMEDIATE");
  process.stdout.write("held");
  setTimeout(() => db.exec("COMMIT"), 500);
`;

/** A folder with the running run "r1". */
async function startedHome() {
  const folder = await temporaryFolder();
  const stores = await openLocalStores(folder.path);
  onTestFinished(async () => {
    await stores.close();
    await folder.remove();
  });
  await startRun(stores.runs);
  return { home: folder.path, stores };
}

/** Starts `committing-process.ts` and waits until it has opened its stores. */
async function committing(args: { home: string; mark: number; last: number; stateBytes: number }): Promise<{
  readonly child: ChildProcess;
  start(): void;
  readonly ended: Promise<readonly Outcome[]>;
}> {
  const script = fileURLToPath(new URL("committing-process.ts", import.meta.url));
  const { home, mark, last, stateBytes } = args;
  const child = spawn(process.execPath, [script, home, String(mark), String(last), String(stateBytes)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const outcomes: Outcome[] = [];
  const lines = createInterface(child.stdout);
  const ready = once(lines, "line");
  const ended = once(child, "close").then(() => outcomes);
  await ready;
  lines.on("line", (line) => outcomes.push(JSON.parse(line)));
  return { child, start: () => void child.stdin.end("go\n"), ended };
}

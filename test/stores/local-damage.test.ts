import { open, readdir, readFile, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { InputError } from "../../lib/engine/input-error.ts";
import { CorruptObjectError, MissingObjectError } from "../../lib/market/object-store.ts";
import { NewerSchemaError } from "../../lib/stores/local/schema.ts";
import { DatabaseDamagedError } from "../../lib/stores/local/storage-errors.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import { RunRecordError } from "../../lib/stores/run-records.ts";
import { commitUpTo, newRun, startRun } from "./run-records.builder.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const abc = new TextEncoder().encode("abc");

test("an object lies under its kind, the first two digits and the rest of its hash", async () => {
  const { home, stores } = await openHome();
  await stores.objects.put("parts", abc);
  const path = join(home, "objects/parts/ba/7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(await readFile(path, "utf8")).toBe("abc");
});

test("a flipped byte in an object throws CorruptObjectError naming the file and both hashes", async () => {
  const { home, stores } = await openHome();
  const hash = await stores.objects.put("parts", abc);
  const path = join(home, "objects", "parts", hash.slice(0, 2), hash.slice(2));
  await writeFile(path, "abd");
  const error = await stores.objects.get("parts", hash).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CorruptObjectError);
  expect(String(error)).toContain(
    `${path} is damaged: expected SHA-256 ${hash}, found a52d159f262b2c6ddb724a61840befc3`,
  );
});

test("a truncated object throws CorruptObjectError", async () => {
  const { home, stores } = await openHome();
  const hash = await stores.objects.put("parts", abc);
  await truncate(join(home, "objects", "parts", hash.slice(0, 2), hash.slice(2)), 2);
  await expect(stores.objects.get("parts", hash)).rejects.toThrow(CorruptObjectError);
});

test.each(["ab", "abd"])("a put repairs an object that became %j", async (found) => {
  const { home, stores } = await openHome();
  const hash = await stores.objects.put("parts", abc);
  await writeFile(join(home, "objects", "parts", hash.slice(0, 2), hash.slice(2)), found);
  await stores.objects.put("parts", abc);
  expect(await stores.objects.get("parts", hash)).toEqual(abc);
});

test("an object whose folder somebody deleted is missing, and its place is named", async () => {
  const { home, stores } = await openHome();
  const error = await stores.objects.get("parts", "f".repeat(64)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(MissingObjectError);
  expect(String(error)).toContain(join(home, "objects", "parts", "ff"));
});

test("list passes over files that are no objects", async () => {
  const { home, stores } = await openHome();
  await stores.objects.put("parts", abc);
  await writeFile(join(home, "objects", "parts", "notes.txt"), "mine");
  await writeFile(join(home, "objects", "parts", "ba", "copy of something"), "mine");
  let count = 0;
  for await (const _ of stores.objects.list("parts")) count++;
  expect(count).toBe(1);
});

test("opening removes what a killed process left an hour ago, and nothing younger", async () => {
  const { home, stores } = await openHome();
  await stores.objects.put("parts", abc);
  const temporary = join(home, "objects", "parts", "tmp");
  await writeFile(join(temporary, "old"), "half an obj");
  await writeFile(join(temporary, "young"), "half an obj");
  const twoHoursAgo = new Date(Date.now() - 7_200_000);
  await utimes(join(temporary, "old"), twoHoursAgo, twoHoursAgo);
  await (await openLocalStores(home)).close();
  expect(await readdir(temporary)).toEqual(["young"]);
});

test("a file of text instead of the database throws DatabaseDamagedError naming it and the way out", async () => {
  const { home } = await closedHome();
  await writeFile(
    join(home, "backstitch.db"),
    "this is not a database, but it is long enough to be looked at. ".repeat(100),
  );
  const error = await openLocalStores(home).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DatabaseDamagedError);
  expect(String(error)).toMatch(/backstitch\.db: file is not a database.*move it away with its -wal and -shm files/);
});

test("a database whose pages were overwritten throws DatabaseDamagedError when they are read", async () => {
  const { home } = await closedHome();
  const file = await open(join(home, "backstitch.db"), "r+");
  // The first page, 4,096 bytes, holds the schema; the tables follow.
  const { size } = await file.stat();
  await file.write(new Uint8Array(size - 4_096).fill(0xff), 0, size - 4_096, 4_096);
  await file.close();
  const readAll = async () => {
    const stores = await openLocalStores(home);
    onTestFinished(stores.close);
    await stores.runs.listRuns({}, 10);
  };
  await expect(readAll()).rejects.toThrow(DatabaseDamagedError);
});

test("a database that was cut short throws DatabaseDamagedError", async () => {
  const { home } = await closedHome();
  await truncate(join(home, "backstitch.db"), 6_000);
  const readAll = async () => {
    const stores = await openLocalStores(home);
    onTestFinished(stores.close);
    await stores.runs.listRuns({}, 10);
  };
  await expect(readAll()).rejects.toThrow(DatabaseDamagedError);
});

test("a database of a newer schema is refused, naming the backstitch it needs", async () => {
  const { home } = await closedHome();
  const db = new DatabaseSync(join(home, "backstitch.db"));
  db.exec("INSERT INTO schema_version VALUES (99, '3.1.0'); PRAGMA user_version = 99");
  db.close();
  const error = await openLocalStores(home).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NewerSchemaError);
  expect(error).toBeInstanceOf(InputError);
  expect(String(error)).toContain("expected schema 3 or older, found 99. It needs backstitch 3.1.0 or newer");
});

test("a run record of a newer format is refused", async () => {
  const { home, stores } = await openHome();
  await stores.runs.createRun(newRun());
  editRecord(home, '"format":2', '"format":3');
  await expect(stores.runs.getRun("r1")).rejects.toThrow(
    'Run "r1": expected record format 2 or older, found 3. Use a newer backstitch.',
  );
});

test("a run record that lacks a field is refused, naming it", async () => {
  const { home, stores } = await openHome();
  await stores.runs.createRun(newRun());
  editRecord(home, '"headBar"', '"headBaz"');
  const error = await stores.runs.getRun("r1").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RunRecordError);
  expect(String(error)).toContain("headBar");
});

test("what was written is there after closing and opening", async () => {
  const { home } = await closedHome();
  const stores = await openLocalStores(home);
  onTestFinished(stores.close);
  expect((await stores.runs.getRun("r1"))?.headSequence).toBe(20);
});

test("closing twice is allowed", async () => {
  const { stores } = await openHome();
  await stores.close();
  await stores.close();
});

async function openHome() {
  const folder = await temporaryFolder();
  const stores = await openLocalStores(folder.path);
  onTestFinished(async () => {
    await stores.close();
    await folder.remove();
  });
  return { home: folder.path, stores };
}

/** A folder that holds a run with 20 checkpoints, open nowhere. */
async function closedHome() {
  const { home, stores } = await openHome();
  await startRun(stores.runs);
  await commitUpTo(stores.runs, 20);
  await stores.close();
  return { home };
}

function editRecord(home: string, from: string, to: string): void {
  const db = new DatabaseSync(join(home, "backstitch.db"));
  db.prepare("UPDATE runs SET record = replace(record, ?, ?)").run(from, to);
  db.close();
}

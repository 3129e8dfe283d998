import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { PutItemCommand, ScanCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, onTestFinished, test } from "vitest";
import { awsClients, closeClients } from "../../lib/stores/aws/clients.ts";
import { openAwsStores } from "../../lib/stores/aws/stores.ts";
import { startFaultProxy } from "../cloud/fault-proxy.ts";
import { testCredentials, whyNoServers } from "../cloud/servers.ts";
import { withAwsServers } from "./aws-servers.ts";
import { checkpoint, checkpointId, commitUpTo, newRun, owner, segment, startRun } from "./run-records.builder.ts";

const reason = whyNoServers();
if (reason !== undefined) console.warn(`Skipped: ${reason}`);

describe.skipIf(reason !== undefined)("what DynamoDB limits", () => {
  const servers = withAwsServers();

  test("checkpoints of 3 MB together are listed over several pages of 1 MB", async () => {
    const { runs } = await servers.stores();
    await startRun(runs);
    const state = { kind: "inline", text: "s".repeat(300_000) } as const;
    for (let sequence = 1; sequence <= 10; sequence++) {
      await runs.commit(checkpoint({ sequence, state }), segment({ sequence }));
    }
    expect((await runs.listCheckpoints("r1")).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await runs.findCheckpoints("cccccc")).toHaveLength(10);
  });

  test("a state of 300,000 quotation marks fits, because it is not escaped twice", async () => {
    const { runs } = await servers.stores();
    await startRun(runs);
    const large = checkpoint({ state: { kind: "inline", text: '"'.repeat(300_000) } });
    await runs.commit(large, segment());
    expect(await runs.getCheckpoint("r1", 1)).toEqual(large);
  });

  test("runs of 3 MB together are listed over several pages", async () => {
    const { runs } = await servers.stores();
    for (let index = 0; index < 12; index++) {
      await runs.createRun(newRun({ runId: `r${index}`, createdAtMs: index, spec: { text: "s".repeat(250_000) } }));
    }
    expect((await runs.listRuns({}, 20)).items.map(({ createdAtMs }) => createdAtMs)).toEqual([
      11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
    ]);
  });

  test("a run with a spec of 389,000 bytes is kept, and can be started and finished", async () => {
    const { runs } = await servers.stores();
    const spec = { text: "s".repeat(389_000) };
    await startRun(runs, { spec });
    await commitUpTo(runs, 1);
    expect(await runs.getRun("r1")).toMatchObject({ spec, headSequence: 1 });
  });

  test("a run whose record is over 390,000 bytes is refused as its user's, with the way out", async () => {
    const { runs } = await servers.stores();
    const error = await runs
      .createRun(newRun({ spec: { text: "s".repeat(400_000) } }))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "RunTooLargeError" });
    expect(String(error)).toMatch(
      /Run "r1": its spec makes a record of 400\d{3} bytes, expected at most 390000\. Split/,
    );
  });

  test("a manifest of a megabyte comes back whole", async () => {
    const { snapshots } = await servers.stores();
    const manifest = manifestOf(10_000);
    expect(await snapshots.put({ name: "long", recordedAtMs: 1, manifest })).toEqual({ kind: "stored" });
    expect(await snapshots.get(manifest.snapshotId)).toEqual(manifest);
    await snapshots.removeName("long");
    expect(await snapshots.get(manifest.snapshotId)).toBeUndefined();
  });

  test("a manifest of over 3.7 MB is refused as its user's, with the way out", async () => {
    const { snapshots } = await servers.stores();
    const put = snapshots.put({ name: "long", recordedAtMs: 1, manifest: manifestOf(40_000) });
    await expect(put).rejects.toThrow(/Snapshot aaaaaaaaaaaa: its manifest has \d+ bytes, expected at most 3700000/);
  });

  test("a seed with 250 inherited segments, more than a transaction holds, gives all of them", async () => {
    const { runs } = await servers.stores();
    await runs.createRun(newRun());
    const inherited = Array.from({ length: 250 }, (_, index) => segment({ sequence: index + 1, attempt: 7 }));
    expect(await runs.seedRun(checkpoint({ sequence: 250 }), inherited)).toBe(true);
    expect(await runs.listSegments("r1")).toEqual(inherited);
  });

  test("a seed that died among its segments has changed nothing a reader sees, and its repeat is whole", async () => {
    const { table, bucket, runs } = await servers.stores();
    await runs.createRun(newRun());
    const inherited = Array.from({ length: 250 }, (_, index) => segment({ sequence: index + 1, attempt: 7 }));
    const dying = await dyingBefore(table, bucket, "TransactWriteItems", 3);
    await expect(dying.runs.seedRun(checkpoint({ sequence: 250 }), inherited)).rejects.toThrow();
    expect(await runs.listSegments("r1")).toEqual([]);
    expect(await runs.getRun("r1")).toMatchObject({ status: "queued", headSequence: 0 });
    expect(await runs.seedRun(checkpoint({ sequence: 250 }), inherited)).toBe(true);
    expect(await runs.listSegments("r1")).toEqual(inherited);
  });

  test("a run that begins after a seed died has its own segments only", async () => {
    const { table, bucket, runs } = await servers.stores();
    await runs.createRun(newRun());
    const inherited = Array.from({ length: 150 }, (_, index) => segment({ sequence: index + 1, attempt: 7 }));
    const dying = await dyingBefore(table, bucket, "TransactWriteItems", 2);
    await expect(dying.runs.seedRun(checkpoint({ sequence: 150 }), inherited)).rejects.toThrow();
    await runs.beginAttempt("r1", 0, owner());
    await commitUpTo(runs, 2);
    expect(await runs.listSegments("r1")).toEqual([segment({ sequence: 1 }), segment({ sequence: 2 })]);
  });

  test("a run whose removal died is gone for its readers, and its repeat removes the rest", async () => {
    const { table, bucket, runs } = await servers.stores();
    await startRun(runs);
    await commitUpTo(runs, 30);
    await runs.setStatus({ runId: "r1", attempt: 1, from: ["running"], to: "cancelled", atMs: 9 });
    const dying = await dyingBefore(table, bucket, "BatchWriteItem", 2);
    await expect(dying.runs.removeRun("r1")).rejects.toThrow();
    expect(await runs.getRun("r1")).toBeUndefined();
    expect((await runs.listRuns({}, 5)).items).toEqual([]);
    expect(await runs.listSegments("r1")).toEqual([]);
    expect(await runs.removeRun("r1")).toBe(true);
    expect(await itemsIn(table)).toEqual([]);
  });

  test("a run created with the id of one whose removal died starts anew", async () => {
    const { table, bucket, runs } = await servers.stores();
    await startRun(runs);
    await commitUpTo(runs, 30);
    await runs.setStatus({ runId: "r1", attempt: 1, from: ["running"], to: "cancelled", atMs: 9 });
    const dying = await dyingBefore(table, bucket, "BatchWriteItem", 2);
    await expect(dying.runs.removeRun("r1")).rejects.toThrow();
    expect(await runs.createRun(newRun())).toBe(true);
    expect(await runs.listCheckpoints("r1")).toEqual([]);
  });

  test("a name whose removal died is unknown, and means what it is given next", async () => {
    const { table, bucket, snapshots } = await servers.stores();
    const manifest = manifestOf(1);
    await snapshots.put({ name: "sp500", recordedAtMs: 1, manifest });
    const dying = await dyingBefore(table, bucket, "TransactWriteItems", 2);
    await expect(dying.snapshots.removeName("sp500")).rejects.toThrow();
    expect(await snapshots.list()).toEqual([]);
    expect(await snapshots.history("sp500")).toEqual([]);
    expect(await snapshots.put({ name: "sp500", recordedAtMs: 2, manifest })).toEqual({ kind: "stored" });
    expect(await snapshots.history("sp500")).toEqual([
      { name: "sp500", snapshotId: manifest.snapshotId, recordedAtMs: 2 },
    ]);
  });

  test("events that have expired are not listed, although DynamoDB still has them", async () => {
    const { table, runs } = await servers.stores();
    for (const atMs of [1, 2]) await runs.appendEvent({ runId: "r1", atMs, attempt: 1, kind: "started", barIndex: 0 });
    await servers.clients().dynamodb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: "RUN#r1" }, sk: { S: "EVENT#0000000001" } },
        UpdateExpression: "SET expiresAt = :past",
        ExpressionAttributeValues: { ":past": { N: String(Math.floor(Date.now() / 1_000) - 1) } },
      }),
    );
    expect((await runs.listEvents("r1")).map(({ atMs }) => atMs)).toEqual([2]);
  });

  test("a request and an event carry their time to live in seconds", async () => {
    const { table, runs, requests } = await servers.stores();
    await requests.begin({ key: "k", digest: "a", atMs: 1_000, expiresAtMs: 86_400_500 });
    await runs.appendEvent({ runId: "r1", atMs: 1, attempt: 1, kind: "started", barIndex: 0 });
    const expiries = (await itemsIn(table)).flatMap((item) => item.expiresAt?.N ?? []).map(Number);
    expect(expiries.sort((a, b) => a - b)).toEqual([86_401, expect.any(Number)]);
    expect(expiries[1]).toBeGreaterThan(Date.now() / 1_000 + 399 * 86_400);
  });

  test("a run that only an index still lists is left out", async () => {
    const { table, runs } = await servers.stores();
    await runs.createRun(newRun({ runId: "real" }));
    // What an index that lags behind shows: a run in a status that it has left.
    await servers.clients().dynamodb.send(
      new PutItemCommand({
        TableName: table,
        Item: {
          pk: { S: "RUN#gone" },
          sk: { S: "RUN" },
          removing: { BOOL: true },
          list: { S: "RUN" },
          listKey: { S: "0000000000009999#gone" },
        },
      }),
    );
    expect((await runs.listRuns({}, 5)).items.map(({ runId }) => runId)).toEqual(["real"]);
  });

  test("a list that must look past many runs finds the one that both filters let through", async () => {
    const { runs } = await servers.stores();
    await runs.createRun(newRun({ runId: "rare", strategy: "rare", createdAtMs: 1 }));
    for (let index = 2; index <= 30; index++) await runs.createRun(newRun({ runId: `r${index}`, createdAtMs: index }));
    const page = await runs.listRuns({ status: "queued", strategy: "rare" }, 1);
    expect(page.items.map(({ runId }) => runId)).toEqual(["rare"]);
    expect(page).not.toHaveProperty("next");
  });

  test("the completed run is found behind thirty others with its key", async () => {
    const { runs } = await servers.stores();
    for (let index = 1; index <= 30; index++) await runs.createRun(newRun({ runId: `r${index}`, createdAtMs: index }));
    await startRun(runs, { runId: "done", createdAtMs: 99 });
    const result = { resultHash: "e", resultDigest: "e", atMs: 100 };
    await runs.complete({ runId: "done", attempt: 1, headSequence: 0, ...result });
    expect((await runs.findCompleted(newRun()))?.runId).toBe("done");
  });

  test("a checkpoint that a fork begins to wait for while it is being removed stays", async () => {
    const { table, bucket, runs } = await servers.stores();
    await startRun(runs);
    await commitUpTo(runs, 3);
    const slow = await slowWriter(table, bucket);
    const removed = slow.runs.removeCheckpoint("r1", 2);
    await slow.writing;
    const origin = { kind: "fork", runId: "r1", checkpointId: checkpointId(2) } as const;
    await runs.createRun(newRun({ runId: "fork", origin }));
    expect(await removed).toBe(false);
    expect(await runs.getCheckpoint("r1", 2)).toEqual(checkpoint({ sequence: 2 }));
  });

  test("a seed that comes after the run has begun leaves the run's own segments alone", async () => {
    const { table, bucket, runs } = await servers.stores();
    await runs.createRun(newRun());
    const slow = await slowWriter(table, bucket);
    const seeded = slow.runs.seedRun(checkpoint({ sequence: 2 }), [segment({ durationMs: 99 })]);
    await slow.writing;
    await runs.beginAttempt("r1", 0, owner());
    await commitUpTo(runs, 1);
    expect(await seeded).toBe(false);
    expect(await runs.listSegments("r1")).toEqual([segment()]);
  });

  test("three processes race for 40 sequences: each has exactly one winner, and its checkpoint is stored", async () => {
    const { table, bucket, runs } = await servers.stores();
    await startRun(runs);
    const processes = await Promise.all([1, 2, 3].map((mark) => committing(table, bucket, mark, 40)));
    for (const { start } of processes) start();
    const outcomes = (await Promise.all(processes.map(({ ended }) => ended))).flat();
    const winners = outcomes.filter(({ kind }) => kind === "committed").sort((a, b) => a.sequence - b.sequence);
    expect(outcomes).toHaveLength(120);
    expect(winners.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect((await runs.listCheckpoints("r1")).map(({ checkpointId }) => checkpointId)).toEqual(
      winners.map(({ id }) => id),
    );
  });

  test("a checkpoint that a fork has begun to wait for stays, while nineteen more are being created", async () => {
    const { runs } = await servers.stores();
    await startRun(runs);
    await commitUpTo(runs, 3);
    const origin = { kind: "fork", runId: "r1", checkpointId: checkpointId(2) } as const;
    const forks = Array.from({ length: 20 }, (_, index) => runs.createRun(newRun({ runId: `f${index}`, origin })));
    await forks[0];
    expect(await runs.removeCheckpoint("r1", 2)).toBe(false);
    expect(await Promise.all(forks)).not.toContain(false);
  });

  /** The stores of a process that dies for good before its nth request of an operation. */
  async function dyingBefore(table: string, bucket: string, operation: string, position: number) {
    let seen = 0;
    const proxy = await startFaultProxy(servers.urls().dynamo, (request) => {
      if (request.operation === operation) seen++;
      return seen >= position ? { kind: "resetBefore" } : undefined;
    });
    const endpoints = { AWS_ENDPOINT_URL_DYNAMODB: proxy.url, AWS_ENDPOINT_URL_S3: servers.urls().s3 };
    const clients = awsClients({ maxAttempts: 1 }, endpoints);
    onTestFinished(async () => {
      closeClients(clients);
      await proxy.stop();
    });
    return openAwsStores({ ...clients, table, bucket });
  }

  /** The stores of a process whose first write takes a third of a second to arrive; `writing` is when it has left. */
  async function slowWriter(table: string, bucket: string) {
    const { promise: writing, resolve } = Promise.withResolvers<void>();
    let writes = 0;
    const proxy = await startFaultProxy(servers.urls().dynamo, ({ operation }) => {
      if (operation !== "TransactWriteItems" || writes++ > 0) return undefined;
      resolve();
      return { kind: "delay", ms: 300 };
    });
    const clients = awsClients({}, { AWS_ENDPOINT_URL_DYNAMODB: proxy.url, AWS_ENDPOINT_URL_S3: servers.urls().s3 });
    onTestFinished(async () => {
      closeClients(clients);
      await proxy.stop();
    });
    return { ...openAwsStores({ ...clients, table, bucket }), writing };
  }

  async function itemsIn(table: string) {
    const { Items = [] } = await servers.clients().dynamodb.send(new ScanCommand({ TableName: table }));
    return Items;
  }

  async function committing(table: string, bucket: string, mark: number, last: number) {
    const script = fileURLToPath(new URL("aws-committing-process.ts", import.meta.url));
    const { dynamo, s3 } = servers.urls();
    const child = spawn(process.execPath, [script, table, bucket, String(mark), String(last)], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...testCredentials, AWS_ENDPOINT_URL_DYNAMODB: dynamo, AWS_ENDPOINT_URL_S3: s3 },
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const outcomes: { readonly sequence: number; readonly id: string; readonly kind: string }[] = [];
    const lines = createInterface(child.stdout);
    const ready = once(lines, "line");
    const ended = once(child, "close").then(() => outcomes);
    await ready;
    lines.on("line", (line) => outcomes.push(JSON.parse(line)));
    return { start: () => void child.stdin.write("go\n"), ended };
  }
});

/** A manifest of one instrument with so many chunks, each of which takes about 120 bytes. */
function manifestOf(chunkCount: number) {
  const chunks = Array.from({ length: chunkCount }, (_, index) => ({
    hash: index.toString(16).padStart(64, "0"),
    startBar: index * 65_536,
    barCount: 65_536,
    sizeBytes: 3_145_728,
  }));
  const instrument = { symbol: "EURUSD", timeframe: "1m", currency: "USD", timeZone: "UTC", startBar: 0 } as const;
  const times = { barCount: chunkCount * 65_536, firstTimeMs: 0, lastTimeMs: 60_000 * (chunkCount * 65_536 - 1) };
  return {
    format: 1,
    snapshotId: "a".repeat(64),
    chunkBars: 65_536,
    instruments: [{ ...instrument, ...times, chunks }],
    corporateActions: [],
    missing: "error",
    adjust: "none",
    importedAtMs: 1_000,
    sources: [{ fileName: "eurusd.csv", sha256: "0".repeat(64), sizeBytes: 512 }],
    quality: [quality],
  } as const;
}

const quality = {
  symbol: "EURUSD",
  rowsRead: 10,
  gapCount: 0,
  missingBarCount: 0,
  gaps: [],
  overlapRowCount: 0,
  filledBarCount: 0,
  droppedRowCount: 0,
  outlierCount: 0,
  outliers: [],
  zeroVolumeBarCount: 0,
  notes: [],
} as const;

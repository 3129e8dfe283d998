import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, onTestFinished, test } from "vitest";
import { awsClients, closeClients } from "../../lib/stores/aws/clients.ts";
import { openAwsStores } from "../../lib/stores/aws/stores.ts";
import { startFaultProxy } from "../cloud/fault-proxy.ts";
import { testCredentials, whyNoServers } from "../cloud/servers.ts";
import { withAwsServers } from "./aws-servers.ts";
import { manifestOf } from "./manifest.builder.ts";
import { checkpoint, checkpointId, commitUpTo, newRun, owner, segment, startRun } from "./run-records.builder.ts";

const reason = whyNoServers();
if (reason !== undefined) console.warn(`Skipped: ${reason}`);

describe.skipIf(reason !== undefined)("what a death or a race in the middle leaves", () => {
  const servers = withAwsServers();

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

import { PutItemCommand, ScanCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import { whyNoServers } from "../cloud/servers.ts";
import { withAwsServers } from "./aws-servers.ts";
import { manifestOf } from "./manifest.builder.ts";
import { checkpoint, commitUpTo, newRun, segment, startRun } from "./run-records.builder.ts";

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

  async function itemsIn(table: string) {
    const { Items = [] } = await servers.clients().dynamodb.send(new ScanCommand({ TableName: table }));
    return Items;
  }
});

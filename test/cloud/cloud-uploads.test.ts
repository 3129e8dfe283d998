import { writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Uploads } from "../../lib/api/uploads.ts";
import { openCloudUploads } from "../../lib/cloud/cloud-uploads.ts";
import { importUpload, parseImportCall } from "../../lib/cloud/import-upload.ts";
import { uploadFile } from "../../lib/cloud/upload-file.ts";
import { type AwsClients, awsClients, closeClients } from "../../lib/stores/aws/clients.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import type { Stores } from "../../lib/stores/stores.ts";
import { temporaryFolder } from "../stores/temporary-folder.ts";
import { type Fault, startFaultProxy } from "./fault-proxy.ts";
import { createBucket, type RunningServer, startS3, testCredentials, whyNoServers } from "./servers.ts";
import { invoking, startTestAccount } from "./step-functions/test-account.ts";

const csv = "Date,Open,High,Low,Close,Volume\n2020-01-02,10,12,9,11,100\n2020-01-03,11,13,10,12,100\n";
const later = "Date,Open,High,Low,Close,Volume\n2020-01-06,12,13,11,12,100\n";
const request = {
  kind: "import",
  name: "bars",
  symbol: "X",
  timeframe: "1d",
  timeZone: "UTC",
  barLabel: "open",
  missing: "forward-fill",
  adjust: "none",
  currency: "USD",
} as const;
const why = whyNoServers();
if (why !== undefined) process.stderr.write(`Uploads to a bucket are not tried: ${why}\n`);

describe.skipIf(why !== undefined)("uploads to a bucket", () => {
  let server: RunningServer;
  let clients: AwsClients;

  beforeAll(async () => {
    server = await startS3();
    Object.assign(process.env, testCredentials);
    clients = awsClients({ region: testCredentials.AWS_REGION, endpointUrl: server.url });
    await createBucket(clients.s3, "bucket");
  });
  afterAll(async () => {
    if (clients !== undefined) closeClients(clients);
    await server?.stop();
  });

  test("a file that is sent to its address becomes a snapshot, and is removed", async () => {
    const { uploads, stores, settle } = await opened();
    const { uploadId, url } = await sent(uploads, csv);
    expect(await uploads.state(uploadId, "me")).toEqual({ status: "uploading" });
    expect(await uploads.import(uploadId, request, "me")).toEqual({ status: "running" });
    await settle(uploadId);
    const [entry] = await stores.snapshots.list();
    const done = { status: "done", name: "bars", snapshotId: entry?.snapshotId, addedBarCount: 2 };
    expect(await uploads.state(uploadId, "me")).toEqual(done);
    expect(await uploads.import(uploadId, request, "me")).toEqual(done);
    expect((await fetch(url.split("?")[0] ?? "")).status).toBe(404);
  });

  test("later bars are appended to a snapshot", async () => {
    const { uploads, settle } = await opened();
    const first = await sent(uploads, csv);
    await uploads.import(first.uploadId, request, "me");
    await settle(first.uploadId);
    const second = await sent(uploads, later);
    await uploads.import(second.uploadId, { kind: "append", name: "bars", barLabel: "open" }, "me");
    await settle(second.uploadId);
    expect(await uploads.state(second.uploadId, "me")).toMatchObject({
      status: "done",
      name: "bars",
      addedBarCount: 1,
    });
  });

  test("a file that cannot be imported fails with its own name and line", async () => {
    const { uploads, settle } = await opened();
    const { uploadId } = await sent(uploads, csv.replace("12,9", "twelve,9"));
    await uploads.import(uploadId, request, "me");
    await settle(uploadId);
    expect(await uploads.state(uploadId, "me")).toMatchObject({
      status: "failed",
      error: { name: "BarsInputError", message: expect.stringMatching(/^a\.csv line \d+, .*twelve/) },
    });
  });

  test("an import before its files are sent is refused", async () => {
    const { uploads } = await opened();
    const { uploadId } = await uploads.begin([{ fileName: "a.csv" }], {
      callerId: "me",
      origin: "",
      nowMs: Date.now(),
    });
    await expect(uploads.import(uploadId, request, "me")).rejects.toThrow(/File 0 \(a\.csv\) has not been sent yet/);
  });

  test("a file that is sent again to its address replaces the first", async () => {
    const { uploads, settle } = await opened();
    const { uploadId, url } = await sent(uploads, csv.replace("12,9", "twelve,9"));
    for (const _ of [1, 2]) expect((await fetch(url, { method: "PUT", body: csv })).status).toBe(200);
    await uploads.import(uploadId, request, "me");
    await settle(uploadId);
    expect(await uploads.state(uploadId, "me")).toMatchObject({ status: "done", addedBarCount: 2 });
  });

  test("the same file in a second upload is the same snapshot", async () => {
    const { uploads, stores, settle } = await opened();
    const snapshotIds = [];
    for (const _ of [1, 2]) {
      const { uploadId } = await sent(uploads, csv);
      await uploads.import(uploadId, request, "me");
      await settle(uploadId);
      snapshotIds.push(await uploads.state(uploadId, "me").then((state) => state?.status === "done" && state));
    }
    expect(snapshotIds[0]).toMatchObject({ status: "done", addedBarCount: 2 });
    expect(snapshotIds[1]).toEqual(snapshotIds[0]);
    expect(await stores.snapshots.list()).toHaveLength(1);
  });

  test("of a file whose sending broke off nothing is there, and it is sent anew to the same address", async () => {
    const { uploads, settle } = await opened();
    const { uploadId, url } = await begun(uploads);
    await brokenOff(url, csv);
    await expect(uploads.import(uploadId, request, "me")).rejects.toThrow(/File 0 \(a\.csv\) has not been sent yet/);
    expect((await fetch(url, { method: "PUT", body: csv })).status).toBe(200);
    await uploads.import(uploadId, request, "me");
    await settle(uploadId);
    expect(await uploads.state(uploadId, "me")).toMatchObject({ status: "done", addedBarCount: 2 });
  });

  test("a sender whose connection is lost, before its file arrived or after, sends it again from its start", async () => {
    const folder = await temporaryFolder();
    const file = join(folder.path, "a.csv");
    await writeFile(file, csv);
    const { uploads, settle } = await opened();
    const { uploadId, url } = await begun(uploads);
    const faults: Fault[] = [{ kind: "resetBefore" }, { kind: "resetAfter" }];
    const proxy = await startFaultProxy(server.url, () => faults.shift());
    onTestFinished(async () => {
      await proxy.stop();
      await folder.remove();
    });
    const through = new URL(url);
    through.host = new URL(proxy.url).host;
    const sizes: number[] = [];
    const upload = { file, sizeBytes: csv.length, url: through.href, headers: {} };
    await uploadFile(upload, (bytes) => sizes.push(bytes));
    expect(proxy.seen).toHaveLength(3);
    expect(sizes).toEqual([csv.length, csv.length, csv.length]);
    await uploads.import(uploadId, request, "me");
    await settle(uploadId);
    expect(await uploads.state(uploadId, "me")).toMatchObject({ status: "done", addedBarCount: 2 });
  });

  test("another caller's upload is unknown", async () => {
    const { uploads } = await opened();
    const { uploadId } = await sent(uploads, csv);
    expect(await uploads.state(uploadId, "somebody else")).toBeUndefined();
    expect(await uploads.import(uploadId, request, "somebody else")).toBeUndefined();
  });

  test("an import that is delivered again answers what the first gave", async () => {
    const { uploads, stores } = await opened();
    const { uploadId } = await sent(uploads, csv);
    const call = parseImportCall({ uploadId, request });
    const access = { s3: clients.s3, bucket: "bucket" };
    const first = await importUpload(call, access, stores, Date.UTC(2026, 0));
    expect(await importUpload(call, access, stores, Date.UTC(2026, 1))).toEqual(first);
  });

  /** Uploads before a state machine "Import" over memory stores. */
  async function opened(): Promise<{
    readonly uploads: Uploads;
    readonly stores: Stores;
    readonly settle: (uploadId: string) => Promise<unknown>;
  }> {
    const stores = await openMemoryStores();
    const { s3 } = clients;
    const account = await startTestAccount({
      import: async (payload) => ({
        ...(await importUpload(parseImportCall(payload), { s3, bucket: "bucket" }, stores, Date.UTC(2026, 0))),
      }),
    });
    onTestFinished(() => account[Symbol.asyncDispose]());
    const stateMachineArn = await account.create({ StartAt: "Import", States: { Import: invoking("import") } });
    const uploads = openCloudUploads({ s3, bucket: "bucket", sfn: account.client, stateMachineArn, nowMs: Date.now });
    const arnOf = (uploadId: string) => `${stateMachineArn.replace("stateMachine", "execution")}:import-${uploadId}`;
    return { uploads, stores, settle: (uploadId) => account.ended(arnOf(uploadId)) };
  }
});

/** An upload of one file, and the address that it is to be sent to. */
async function begun(uploads: Uploads): Promise<{ readonly uploadId: string; readonly url: string }> {
  const context = { callerId: "me", origin: "", nowMs: Date.now() };
  const { uploadId, uploads: targets } = await uploads.begin([{ fileName: "a.csv" }], context);
  return { uploadId, url: targets[0]?.url ?? "" };
}

/** The same with its file sent. */
async function sent(uploads: Uploads, text: string): ReturnType<typeof begun> {
  const upload = await begun(uploads);
  expect((await fetch(upload.url, { method: "PUT", body: text })).status).toBe(200);
  return upload;
}

/** Sends half of a text that was announced whole, and hangs up. */
async function brokenOff(url: string, text: string): Promise<void> {
  const request = httpRequest(url, { method: "PUT", headers: { "content-length": text.length } });
  request.once("error", () => undefined);
  await new Promise<void>((resolve) => {
    request.once("close", resolve);
    request.write(text.slice(0, text.length / 2), () => request.destroy());
  });
}

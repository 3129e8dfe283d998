import { GetObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCloudUploads } from "../../lib/cloud/cloud-uploads.ts";
import { type AwsClients, awsClients, closeClients } from "../../lib/stores/aws/clients.ts";
import { createBucket, type RunningServer, testCredentials } from "./servers.ts";
import { startStrictS3, whyNoStrictS3 } from "./strict-s3.ts";

const why = whyNoStrictS3();
if (why !== undefined) process.stderr.write(`Presigned addresses are not tried: ${why}\n`);

describe.skipIf(why !== undefined)("a presigned address of an upload, on a server that checks signatures", () => {
  let server: RunningServer;
  let clients: AwsClients;

  beforeAll(async () => {
    server = await startStrictS3();
    Object.assign(process.env, testCredentials);
    clients = awsClients({ region: "us-east-1", endpointUrl: server.url });
    await createBucket(clients.s3, "bucket");
  });
  afterAll(async () => {
    if (clients !== undefined) closeClients(clients);
    await server?.stop();
  });

  async function begunUrl(sizeBytes?: number): Promise<URL> {
    const { s3, sfn } = clients;
    const uploads = openCloudUploads({ s3, bucket: "bucket", sfn, stateMachineArn: "none", nowMs: Date.now });
    const file = { fileName: "a.csv", ...(sizeBytes !== undefined && { sizeBytes }) };
    const begun = await uploads.begin([file], { callerId: "me", origin: "", nowMs: Date.now() });
    return new URL(begun.uploads[0]?.url ?? "");
  }

  const put = async (url: URL, body: string) => (await fetch(url, { method: "PUT", body })).status;

  test("takes its file", async () => {
    expect(await put(await begunUrl(3), "a,b")).toBe(200);
  });

  test("takes a file of no other size than was announced", async () => {
    expect(await put(await begunUrl(3), "a,b,c")).toBe(403);
  });

  test("is good for no other object", async () => {
    const url = await begunUrl();
    url.pathname = url.pathname.replace(/\/uploads\/.*$/, `/objects/chunks/${"0".repeat(64)}`);
    expect(await put(url, "mine")).toBe(403);
    const missing = new GetObjectCommand({ Bucket: "bucket", Key: `objects/chunks/${"0".repeat(64)}` });
    await expect(clients.s3.send(missing)).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  test("neither reads nor deletes", async () => {
    const url = await begunUrl(3);
    await put(url, "a,b");
    for (const method of ["GET", "DELETE"]) expect((await fetch(url, { method })).status).toBe(403);
  });

  test("does not live longer by a changed expiry", async () => {
    const url = await begunUrl();
    url.searchParams.set("X-Amz-Expires", "604800");
    expect(await put(url, "mine")).toBe(403);
  });
});

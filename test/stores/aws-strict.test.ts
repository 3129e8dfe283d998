import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CorruptObjectError } from "../../lib/market/object-store.ts";
import { type AwsClients, awsClients, closeClients } from "../../lib/stores/aws/clients.ts";
import { openAwsObjectStore } from "../../lib/stores/aws/object-store.ts";
import { createBucket, type RunningServer, testCredentials } from "../cloud/servers.ts";
import { startStrictS3, whyNoStrictS3 } from "../cloud/strict-s3.ts";
import { describeObjectStoreContract } from "./object-store.contract.ts";

const reason = whyNoStrictS3();
if (reason !== undefined) console.warn(`Skipped: ${reason}`);

/** The only one in which the gateway makes buckets. */
const region = "us-east-1";

describe.skipIf(reason !== undefined)("on an S3 with If-None-Match and signatures", () => {
  let server: RunningServer | undefined;
  let clients: AwsClients | undefined;
  let count = 0;

  beforeAll(async () => {
    server = await startStrictS3();
    Object.assign(process.env, testCredentials);
    clients = awsClients({ region }, { AWS_ENDPOINT_URL_S3: server.url });
  });
  afterAll(async () => {
    if (clients !== undefined) closeClients(clients);
    await server?.stop();
  });

  describeObjectStoreContract("aws", async () => ({
    store: openAwsObjectStore(await freshBucket()),
    async close() {},
  }));

  test("a second put copies the object onto itself instead of sending it over the first", async () => {
    const bucket = await freshBucket();
    const store = openAwsObjectStore(bucket);
    const hash = await store.put("parts", new Uint8Array([1, 2, 3]));
    await store.put("parts", new Uint8Array([1, 2, 3]));
    const head = new HeadObjectCommand({ Bucket: bucket.name, Key: `objects/parts/${hash}` });
    expect((await bucket.s3.send(head)).Metadata).toEqual({ "stored-at": expect.stringMatching(/^\d+$/) });
    expect(await store.get("parts", hash)).toEqual(new Uint8Array([1, 2, 3]));
  });

  test("a truncated object is refused when it is read, and repaired when it is put again", async () => {
    const bucket = await freshBucket();
    const store = openAwsObjectStore(bucket);
    const hash = await store.put("parts", new Uint8Array([1, 2, 3]));
    const Key = `objects/parts/${hash}`;
    await bucket.s3.send(new PutObjectCommand({ Bucket: bucket.name, Key, Body: new Uint8Array([1, 2]) }));
    await expect(store.get("parts", hash)).rejects.toThrow(CorruptObjectError);
    await store.put("parts", new Uint8Array([1, 2, 3]));
    expect(await store.get("parts", hash)).toEqual(new Uint8Array([1, 2, 3]));
  });

  test("requests with another secret are refused", async () => {
    const bucket = await freshBucket();
    const hash = await openAwsObjectStore(bucket).put("parts", new Uint8Array([1]));
    const wrong = awsClients({ region }, { AWS_ENDPOINT_URL_S3: server?.url ?? "" }).s3;
    wrong.config.credentials = async () => ({ accessKeyId: "test", secretAccessKey: "another" });
    const get = wrong.send(new GetObjectCommand({ Bucket: bucket.name, Key: `objects/parts/${hash}` }));
    await expect(get).rejects.toThrow(expect.objectContaining({ name: "SignatureDoesNotMatch" }));
    wrong.destroy();
  });

  async function freshBucket() {
    if (clients === undefined) throw new Error("The server runs only while tests do.");
    const name = `data-${++count}`;
    await createBucket(clients.s3, name);
    return { s3: clients.s3, name };
  }
});

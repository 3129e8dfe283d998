import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import {
  DeleteObjectCommand,
  ListBucketsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deleteBucket, deleteTable } from "../../lib/cloud/delete-data.ts";
import { type AwsClients, awsClients, closeClients } from "../../lib/stores/aws/clients.ts";
import {
  createBucket,
  createTable,
  type RunningServer,
  startDynamo,
  startS3,
  testCredentials,
  whyNoServers,
} from "../cloud/servers.ts";

const why = whyNoServers();
if (why !== undefined) process.stderr.write(`Skipped: deleting data. ${why}\n`);

describe.skipIf(why !== undefined)("what destroy --delete-data removes", () => {
  let servers: readonly RunningServer[] = [];
  let clients: AwsClients;

  beforeAll(async () => {
    const [dynamodb, s3] = await Promise.all([startDynamo(), startS3()]);
    servers = [dynamodb, s3];
    Object.assign(process.env, testCredentials);
    clients = awsClients({}, { AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url, AWS_ENDPOINT_URL_S3: s3.url });
  });
  afterAll(async () => {
    closeClients(clients);
    await Promise.all(servers.map((server) => server.stop()));
  });

  test("a bucket goes with its objects", async () => {
    const { s3 } = clients;
    await createBucket(s3, "data-1");
    await s3.send(new PutBucketVersioningCommand({ Bucket: "data-1", VersioningConfiguration: { Status: "Enabled" } }));
    for (const Body of ["one", "two"]) await s3.send(new PutObjectCommand({ Bucket: "data-1", Key: "a", Body }));
    await s3.send(new PutObjectCommand({ Bucket: "data-1", Key: "b", Body: "three" }));
    await s3.send(new DeleteObjectCommand({ Bucket: "data-1", Key: "b" }));
    expect(await deleteBucket("data-1", s3, () => undefined)).toBe(true);
    expect((await s3.send(new ListBucketsCommand())).Buckets ?? []).toEqual([]);
  });

  test("a bucket that is gone already is no error", async () => {
    expect(await deleteBucket("data-2", clients.s3, () => undefined)).toBe(false);
  });

  test("a table goes", async () => {
    const { dynamodb } = clients;
    await createTable(dynamodb, "runs-1");
    expect(await deleteTable("runs-1", dynamodb)).toBe(true);
    expect((await dynamodb.send(new ListTablesCommand())).TableNames).toEqual([]);
  });

  test("a table that is gone already is no error", async () => {
    expect(await deleteTable("runs-2", clients.dynamodb)).toBe(false);
  });
});

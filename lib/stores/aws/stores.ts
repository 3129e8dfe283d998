import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import type { Stores } from "../stores.ts";
import { openAwsObjectStore } from "./object-store.ts";
import { openAwsRequestStore } from "./request-store.ts";
import { openAwsRunStore } from "./run-store.ts";
import { openAwsSnapshotCatalog } from "./snapshot-catalog.ts";
import { openAwsSweepStore } from "./sweep-store.ts";

export type AwsResources = {
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  /** The table's and the bucket's name. */
  readonly table: string;
  readonly bucket: string;
};

/** Stores in one DynamoDB table (`tableDefinition`) and one bucket, which exist. Opening makes no request; `close` leaves the clients open. */
export function openAwsStores({ dynamodb, s3, table: name, bucket }: AwsResources): Stores {
  const table = { dynamodb, name };
  return {
    objects: openAwsObjectStore({ s3, name: bucket }),
    runs: openAwsRunStore(table),
    snapshots: openAwsSnapshotCatalog(table),
    requests: openAwsRequestStore(table),
    sweeps: openAwsSweepStore(table),
    async close() {},
  };
}

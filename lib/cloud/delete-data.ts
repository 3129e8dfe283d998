import { setTimeout } from "node:timers/promises";
import { DeleteTableCommand, type DynamoDBClient, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
  type S3Client,
} from "@aws-sdk/client-s3";

/** An object could not be removed; what was removed before stays removed, and the command may be repeated. */
export class DeleteDataError extends Error {
  override readonly name = "DeleteDataError";
}

/** Removes every version of every object, then the bucket; true when it was there. */
export async function deleteBucket(bucket: string, s3: S3Client, onRemoved: (count: number) => void): Promise<boolean> {
  let removed = 0;
  // What is removed does not come again: the loop ends with the bucket's content, a thousand at a time.
  for (;;) {
    const objects = await gone(() => someObjects(bucket, s3), "NoSuchBucket");
    if (objects === undefined) return false;
    if (objects.length === 0) break;
    const { Errors: errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [...objects], Quiet: true } }),
    );
    const [fault] = errors;
    if (fault !== undefined)
      throw new DeleteDataError(`Bucket ${bucket}: ${fault.Key} could not be removed: ${fault.Message ?? fault.Code}.`);
    removed += objects.length;
    onRemoved(removed);
  }
  await gone(() => s3.send(new DeleteBucketCommand({ Bucket: bucket })), "NoSuchBucket");
  return true;
}

/** Up to a thousand versions and delete markers; of a server that knows no versions, objects. */
async function someObjects(bucket: string, s3: S3Client): Promise<readonly ObjectIdentifier[]> {
  const versions = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, MaxKeys: 1_000 }));
  const found = [...(versions.Versions ?? []), ...(versions.DeleteMarkers ?? [])];
  if (found.length > 0) return found.map(({ Key, VersionId }) => ({ Key, VersionId }));
  const { Contents: contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1_000 }));
  return contents.map(({ Key }) => ({ Key }));
}

/** A table is changed within seconds. */
const tableTries = 30;
const tablePauseMs = 1_000;

/** Lifts the table's protection and removes it; true when it was there. */
export async function deleteTable(table: string, dynamodb: DynamoDBClient): Promise<boolean> {
  const unprotected = await gone(
    () => dynamodb.send(new UpdateTableCommand({ TableName: table, DeletionProtectionEnabled: false })),
    "ResourceNotFoundException",
  );
  if (unprotected === undefined) return false;
  for (let n = 1; ; n++) {
    try {
      await dynamodb.send(new DeleteTableCommand({ TableName: table }));
      return true;
    } catch (error) {
      // Still being changed.
      if (!(error instanceof Error && error.name === "ResourceInUseException") || n === tableTries) throw error;
      await setTimeout(tablePauseMs);
    }
  }
}

/** The answer, or undefined when what was asked for is not there. */
async function gone<T>(ask: () => Promise<T>, name: string): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && error.name === name) return undefined;
    throw error;
  }
}

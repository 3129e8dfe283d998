import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { TableIndex } from "../../lib/stores/aws/table.ts";

// The CDK's own grants name families of actions (`s3:GetObject*`, `s3:List*`) and every index; these name what is used.

export type BucketFolder = "objects" | "uploads";

/** Reads objects of a folder of the bucket. */
export function readObjects(bucket: Bucket, folder: BucketFolder): PolicyStatement[] {
  return [
    onObjects(bucket, folder, ["s3:GetObject"]),
    // Without it S3 answers 403 instead of 404 for an object that is absent. A condition on the prefix would not hold for GetObject.
    new PolicyStatement({ actions: ["s3:ListBucket"], resources: [bucket.bucketArn] }),
  ];
}

/** Puts objects into a folder of the bucket. */
export function putObjects(bucket: Bucket, folder: BucketFolder): PolicyStatement {
  return onObjects(bucket, folder, ["s3:PutObject"]);
}

/** Removes objects from a folder of the bucket; their versions stay for as long as the bucket keeps them. */
export function removeObjects(bucket: Bucket, folder: BucketFolder): PolicyStatement {
  return onObjects(bucket, folder, ["s3:DeleteObject"]);
}

/** Reads items of the table, and lists them by the indexes named. */
export function readItems(table: Table, indexes: readonly TableIndex[] = []): PolicyStatement {
  return new PolicyStatement({
    actions: ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"],
    resources: [table.tableArn, ...indexes.map((name) => `${table.tableArn}/index/${name}`)],
  });
}

/** Writes items, alone or in a transaction, which DynamoDB checks as its single writes. */
export function writeItems(table: Table): PolicyStatement {
  return new PolicyStatement({
    actions: ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"],
    resources: [table.tableArn],
  });
}

/** Removes a run's or a snapshot's items by the dozen. */
export function removeManyItems(table: Table): PolicyStatement {
  return new PolicyStatement({ actions: ["dynamodb:BatchWriteItem"], resources: [table.tableArn] });
}

function onObjects(bucket: Bucket, folder: BucketFolder, actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: [bucket.arnForObjects(`${folder}/*`)] });
}

import assert from "node:assert/strict";
import {
  type AttributeValue,
  BatchWriteItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import type { ItemKey } from "./keys.ts";
import { pauseBefore, tryCount } from "./pauses.ts";
import { type Item, keyAttributes, type Table } from "./read-items.ts";

/** The most items that DynamoDB changes in one transaction. */
export const transactionItems = 100;

/** Somebody else changed the item before every one of our tries. */
export class ContentionError extends Error {
  override readonly name = "ContentionError";
}

/**
 * Writes all of the items or none: true when written, false when a condition was not met. Every conditional write goes through here, also
 * that of one item: a transaction's token tells the SDK's own repeat, after an answer that was lost, from somebody else's write.
 * Conflicts with other transactions and throttling are tried again, at most `tryCount` times in all.
 */
export async function writeTogether(
  { dynamodb, name }: Table,
  items: readonly ((tableName: string) => TransactWriteItem)[],
): Promise<boolean> {
  const TransactItems = items.map((item) => item(name));
  for (let attempt = 1; ; attempt++) {
    try {
      await dynamodb.send(new TransactWriteItemsCommand({ TransactItems }));
      return true;
    } catch (error) {
      const answer = transactionAnswer(error);
      if (answer === "conditionFailed") return false;
      if (answer === "unknown" || attempt === tryCount) throw error;
    }
    await pauseBefore(attempt);
  }
}

/** What `write` answers, tried again after "lost" (a condition failed: read and decide anew), at most `tryCount` times in all. */
export async function untilWritten<T>(what: string, write: () => Promise<T | typeof lost>): Promise<T> {
  for (let attempt = 1; attempt <= tryCount; attempt++) {
    const outcome = await write();
    if (outcome !== lost) return outcome;
    await pauseBefore(attempt);
  }
  throw new ContentionError(`${what} was changed by others before each of ${tryCount} tries. Try again.`);
}

export const lost: unique symbol = Symbol("lost");

/** A condition in DynamoDB's words; names and values as they stand in it (`#head`, `:head`). */
export type Condition = {
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, AttributeValue>>;
};

/** The item does not exist. */
export const isAbsent: Condition = { expression: "attribute_not_exists(#pk)", names: { "#pk": "pk" } };

/** The item exists. */
export const isPresent: Condition = { expression: "attribute_exists(#pk)", names: { "#pk": "pk" } };

/** The item is the one that was read. */
export function hasRevision(revision: number): Condition {
  return {
    expression: "#revision = :revision",
    names: { "#revision": "revision" },
    values: { ":revision": { N: String(revision) } },
  };
}

export function put(item: Item, condition?: Condition) {
  return (TableName: string): TransactWriteItem => ({
    Put: { TableName, Item: { ...item }, ...(condition && conditionFields(condition)) },
  });
}

export function remove(key: ItemKey, condition?: Condition) {
  return (TableName: string): TransactWriteItem => ({
    Delete: { TableName, Key: keyAttributes(key), ...(condition && conditionFields(condition)) },
  });
}

export function check(key: ItemKey, condition: Condition) {
  return (TableName: string): TransactWriteItem => ({
    ConditionCheck: { TableName, Key: keyAttributes(key), ...conditionFields(condition) },
  });
}

/** An update expression as a condition: names and values as they stand in it. */
export function update(key: ItemKey, change: Condition, condition?: Condition) {
  return (TableName: string): TransactWriteItem => ({
    Update: {
      TableName,
      Key: keyAttributes(key),
      UpdateExpression: change.expression,
      ...(condition && { ConditionExpression: condition.expression }),
      ExpressionAttributeNames: { ...change.names, ...condition?.names },
      ExpressionAttributeValues: { ...change.values, ...condition?.values },
    },
  });
}

/** Removes items without a condition, 25 at a time; what DynamoDB leaves unprocessed is sent again, at most `tryCount` times in all. */
export async function removeAll({ dynamodb, name }: Table, keys: readonly ItemKey[]): Promise<void> {
  for (let first = 0; first < keys.length; first += 25) {
    let left: WriteRequest[] = keys
      .slice(first, first + 25)
      .map((key) => ({ DeleteRequest: { Key: keyAttributes(key) } }));
    for (let attempt = 1; left.length > 0; attempt++) {
      assert(attempt <= tryCount, `${left.length} items could not be removed from table ${name}. Try again.`);
      const { UnprocessedItems } = await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [name]: left } }));
      left = UnprocessedItems?.[name] ?? [];
      if (left.length > 0) await pauseBefore(attempt);
    }
  }
}

function conditionFields({ expression, names, values }: Condition) {
  return {
    ConditionExpression: expression,
    ExpressionAttributeNames: { ...names },
    ...(values && { ExpressionAttributeValues: { ...values } }),
  };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html: a reason for each item, "None" for the innocent. */
function transactionAnswer(error: unknown): "conditionFailed" | "again" | "unknown" {
  if (!(error instanceof TransactionCanceledException)) return "unknown";
  const codes = new Set(error.CancellationReasons?.map(({ Code }) => Code));
  if (codes.has("ConditionalCheckFailed")) return "conditionFailed";
  const passing = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
  return passing.some((code) => codes.has(code)) ? "again" : "unknown";
}

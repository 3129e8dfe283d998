import assert from "node:assert/strict";
import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import type { ItemKey } from "./keys.ts";
import { pauseBefore, tryCount } from "./pauses.ts";
import { type TableIndex, tableIndexes } from "./table.ts";

export type Table = { readonly dynamodb: DynamoDBClient; readonly name: string };

export type Item = Readonly<Record<string, AttributeValue>>;

/** The item as it is now, or undefined. */
export async function readItem({ dynamodb, name }: Table, key: ItemKey): Promise<Item | undefined> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: name, Key: keyAttributes(key), ConsistentRead: true }),
  );
  return Item;
}

export type PartitionQuery = {
  readonly pk: string;
  /** Sort keys [from, to], both included. */
  readonly from: string;
  readonly to: string;
  readonly newestFirst?: true;
  /** The first so many items only. */
  readonly limit?: number;
  /** Keys only. */
  readonly keysOnly?: true;
};

/** The items of one partition in the order of their sort keys, as they are now; pages of 1 MB are fetched as they are needed. */
export async function* queryPartition(table: Table, query: PartitionQuery): AsyncGenerator<Item> {
  const { pk, from, to, newestFirst, limit, keysOnly } = query;
  let left = limit ?? Number.POSITIVE_INFINITY;
  let start: Item | undefined;
  do {
    const page = await table.dynamodb.send(
      new QueryCommand({
        TableName: table.name,
        ConsistentRead: true,
        KeyConditionExpression: "#pk = :pk AND #sk BETWEEN :from AND :to",
        ...(keysOnly && { ProjectionExpression: "#pk, #sk" }),
        ExpressionAttributeNames: { "#pk": "pk", "#sk": "sk" },
        ExpressionAttributeValues: { ":pk": { S: pk }, ":from": { S: from }, ":to": { S: to } },
        ScanIndexForward: newestFirst !== true,
        ...(limit !== undefined && { Limit: left }),
        ...(start !== undefined && { ExclusiveStartKey: start }),
      }),
    );
    yield* page.Items ?? [];
    left -= page.Items?.length ?? 0;
    start = page.LastEvaluatedKey;
  } while (start !== undefined && left > 0);
}

export type IndexQuery = {
  readonly index: TableIndex;
  readonly partition: string;
  /** Sort keys [from, to], both included. */
  readonly from: string;
  readonly to: string;
  readonly newestFirst?: true;
  readonly pageSize?: number;
};

/**
 * The items that an index lists, a page at a time and in its order. An index lags a moment behind its table: what it names is loaded as it
 * is now, what is gone is left out, and the caller checks what it asked for once more.
 */
export async function* queryIndex(table: Table, query: IndexQuery): AsyncGenerator<readonly Item[]> {
  const { index, partition, from, to, newestFirst, pageSize } = query;
  if (from > to) return;
  let start: Item | undefined;
  do {
    const page = await table.dynamodb.send(
      new QueryCommand({
        TableName: table.name,
        IndexName: index,
        KeyConditionExpression: "#partition = :partition AND #sort BETWEEN :from AND :to",
        ExpressionAttributeNames: {
          "#partition": tableIndexes[index].partition,
          "#sort": tableIndexes[index].sort,
        },
        ExpressionAttributeValues: { ":partition": { S: partition }, ":from": { S: from }, ":to": { S: to } },
        ScanIndexForward: newestFirst !== true,
        ...(pageSize !== undefined && { Limit: pageSize }),
        ...(start !== undefined && { ExclusiveStartKey: start }),
      }),
    );
    yield await loadItems(table, (page.Items ?? []).map(keyOf));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}

/** The items with these keys in their order, without those that are absent. */
async function loadItems(table: Table, keys: readonly ItemKey[]): Promise<readonly Item[]> {
  return (await readItems(table, keys)).filter((item) => item !== undefined);
}

/** The items with these keys as they are now, each by itself: one that is absent is undefined. With `attributes`, no others are sent. */
export async function readItems(
  table: Table,
  keys: readonly ItemKey[],
  attributes?: readonly string[],
): Promise<readonly (Item | undefined)[]> {
  const found = new Map<string, Item>();
  // A batch takes 100 keys and answers at most 16 MB; what it leaves out is asked for again.
  for (let first = 0; first < keys.length; first += 100) {
    let left: Record<string, AttributeValue>[] = keys.slice(first, first + 100).map(keyAttributes);
    for (let attempt = 1; left.length > 0; attempt++) {
      assert(attempt <= 100 + tryCount, `${left.length} items could not be read from table ${table.name}.`);
      const { Responses, UnprocessedKeys } = await table.dynamodb.send(
        new BatchGetItemCommand({
          RequestItems: { [table.name]: { Keys: left, ConsistentRead: true, ...(attributes && only(attributes)) } },
        }),
      );
      const items = Responses?.[table.name] ?? [];
      for (const item of items) found.set(placeOf(keyOf(item)), item);
      left = UnprocessedKeys?.[table.name]?.Keys ?? [];
      if (items.length === 0 && left.length > 0) await pauseBefore(Math.min(attempt, tryCount));
    }
  }
  return keys.map((key) => found.get(placeOf(key)));
}

function only(attributes: readonly string[]) {
  const names = ["pk", "sk", ...attributes].map((name) => [`#${name}`, name]);
  return {
    ProjectionExpression: names.map(([place]) => place).join(", "),
    ExpressionAttributeNames: Object.fromEntries(names) as Record<string, string>,
  };
}

/** Everything that the pages of a query hold. */
export async function collect<T>(query: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of query) found.push(item);
  return found;
}

export function keyAttributes({ pk, sk }: ItemKey): { pk: AttributeValue; sk: AttributeValue } {
  return { pk: { S: pk }, sk: { S: sk } };
}

export function keyOf(item: Item): ItemKey {
  return { pk: textOf(item, "pk"), sk: textOf(item, "sk") };
}

/** The text of an attribute that the item always has. */
export function textOf(item: Item, attribute: string): string {
  const text = item[attribute]?.S;
  assert(text !== undefined, `Item ${item.pk?.S} ${item.sk?.S}: expected text in "${attribute}", found none.`);
  return text;
}

/** The number of an attribute that the item always has. */
export function numberOf(item: Item, attribute: string): number {
  const text = item[attribute]?.N;
  assert(text !== undefined, `Item ${item.pk?.S} ${item.sk?.S}: expected a number in "${attribute}", found none.`);
  return Number(text);
}

function placeOf({ pk, sk }: ItemKey): string {
  return `${pk}\n${sk}`;
}

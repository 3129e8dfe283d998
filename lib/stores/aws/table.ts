import type { AttributeDefinition, CreateTableCommandInput, GlobalSecondaryIndex } from "@aws-sdk/client-dynamodb";

/**
 * The one table, in which an item's `pk` and `sk` say what it is (`keys.ts`; docs/decisions/0012-single-table.md has the access patterns).
 * Every index is sparse: it holds the items that have its two attributes, with their keys only, and a reader loads the items themselves.
 */
export const tableKeys = { partition: "pk", sort: "sk" } as const;

/** Seconds since 1970 after which DynamoDB may delete the item, within days: readers leave out what has expired. */
export const ttlAttribute = "expiresAt";

/** Index name → the attributes that are its keys, all of them text. */
export const tableIndexes = {
  /** All runs, and all snapshot names: what is listed whole. */
  byList: { partition: "list", sort: "listKey" },
  byStatus: { partition: "status", sort: "createdRun" },
  byStrategy: { partition: "strategy", sort: "createdRun" },
  /** Runs that are no forks, by engine version, spec and snapshot. */
  byRunKey: { partition: "runKey", sort: "createdRun" },
  /** Checkpoints and snapshots by the first digits of their ids. */
  byId: { partition: "idPrefix", sort: "id" },
} as const;

export type TableIndex = keyof typeof tableIndexes;

/** The table as CreateTable takes it, for servers that have no CloudFormation; the stack's template must say the same. */
export function tableDefinition(tableName: string): CreateTableCommandInput {
  const attributes = new Set<string>([
    ...Object.values(tableKeys),
    ...Object.values(tableIndexes).flatMap((index) => Object.values(index)),
  ]);
  return {
    TableName: tableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [...attributes].map(
      (name): AttributeDefinition => ({ AttributeName: name, AttributeType: "S" }),
    ),
    KeySchema: keySchema(tableKeys),
    GlobalSecondaryIndexes: Object.entries(tableIndexes).map(
      ([name, keys]): GlobalSecondaryIndex => ({
        IndexName: name,
        KeySchema: keySchema(keys),
        Projection: { ProjectionType: "KEYS_ONLY" },
      }),
    ),
  };
}

function keySchema({ partition, sort }: { readonly partition: string; readonly sort: string }) {
  return [
    { AttributeName: partition, KeyType: "HASH" as const },
    { AttributeName: sort, KeyType: "RANGE" as const },
  ];
}

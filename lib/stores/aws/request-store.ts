import assert from "node:assert/strict";
import type { RequestStore } from "../../run/request-store.ts";
import { decideRequest, decodeRequest, encodeRequest, withAnswer } from "../request-records.ts";
import { requestKey } from "./keys.ts";
import { type Item, keyAttributes, numberOf, readItem, type Table, textOf } from "./read-items.ts";
import {
  type Condition,
  hasRevision,
  isAbsent,
  lost,
  put,
  remove,
  untilWritten,
  writeTogether,
} from "./write-items.ts";

/** Requests in a DynamoDB table, which deletes them some time after they have expired; until then their readers take them for expired. */
export function openAwsRequestStore(table: Table): RequestStore {
  return {
    begin: (request) =>
      untilWritten(`Request "${request.key}"`, async () => {
        const item = await readItem(table, requestKey(request.key));
        const outcome = decideRequest(item && decodeRequest(textOf(item, "record")), request);
        if (outcome.kind !== "new") return outcome;
        const written = await write(request.key, encodeRequest(request), request.expiresAtMs, item);
        return written ? outcome : lost;
      }),
    answer: (key, answer) =>
      untilWritten(`Request "${key}"`, async () => {
        const item = await readItem(table, requestKey(key));
        if (item === undefined) return undefined;
        const record = withAnswer(textOf(item, "record"), answer);
        return (await write(key, record, decodeRequest(record).expiresAtMs, item)) ? undefined : lost;
      }),
    async forget(key) {
      const isForgotten = await writeTogether(table, [remove(requestKey(key))]);
      assert(isForgotten, "A removal without a condition is never refused.");
    },
  };

  /** Puts the record in the place of the item that was read, if it is still that one. */
  function write(key: string, record: string, expiresAtMs: number, read: Item | undefined): Promise<boolean> {
    const revision = read === undefined ? 0 : numberOf(read, "revision");
    const asRead: Condition = read === undefined ? isAbsent : hasRevision(revision);
    const item = {
      ...keyAttributes(requestKey(key)),
      record: { S: record },
      revision: { N: String(revision + 1) },
      expiresAt: { N: String(Math.ceil(expiresAtMs / 1_000)) },
    };
    return writeTogether(table, [put(item, asRead)]);
  }
}

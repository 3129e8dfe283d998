import { z } from "zod";
import type { PutSnapshotOutcome, SnapshotCatalog, SnapshotEntry } from "../../market/snapshot-catalog.ts";
import { parseIdPrefix } from "../id-prefix.ts";
import { entryKey, indexPartitions, newestEntryKey } from "./keys.ts";
import { mentionManifest, readManifest, removeUnmentioned, unmention } from "./manifest-items.ts";
import {
  collect,
  type Item,
  keyAttributes,
  numberOf,
  queryIndex,
  queryPartition,
  readItem,
  type Table,
  textOf,
} from "./read-items.ts";
import { hasRevision, isAbsent, lost, put, remove, removeAll, untilWritten, writeTogether } from "./write-items.ts";

/** Snapshots in a DynamoDB table; each change of a name is one transaction on the item that says what it means now. */
export function openAwsSnapshotCatalog(table: Table): SnapshotCatalog {
  return {
    put: ({ name, recordedAtMs, manifest, replaces }) =>
      untilWritten<PutSnapshotOutcome>(`Snapshot name ${JSON.stringify(name.slice(0, 80))}`, async () => {
        const newest = await readNewest(table, name);
        if (newest?.isRemoving) {
          await finishRemoval(table, name);
          return lost;
        }
        const { snapshotId } = manifest;
        const newestId = newest?.entry.snapshotId;
        if (newestId === snapshotId) return { kind: "alreadyStored" };
        if (replaces !== undefined && replaces !== newestId) return { kind: "superseded", newestId };
        const position = (newest?.position ?? 0) + 1;
        const entry: SnapshotEntry = { name, snapshotId, recordedAtMs };
        const items = [
          put(newestItem(entry, position), newest === undefined ? isAbsent : hasRevision(newest.position)),
          put({
            ...keyAttributes(entryKey(name, position)),
            record: { S: JSON.stringify({ snapshotId, recordedAtMs }) },
          }),
          ...(await mentionManifest(table, name, manifest)),
        ];
        return (await writeTogether(table, items)) ? { kind: "stored" } : lost;
      }),
    get: (snapshotId) => readManifest(table, snapshotId),
    async history(name) {
      const newest = await readNewest(table, name);
      return newest === undefined || newest.isRemoving ? [] : readHistory(table, name);
    },
    async list() {
      const partition = indexPartitions.everySnapshotName;
      const pages = await collect(queryIndex(table, { index: "byList", partition, from: "0", to: "g" }));
      const newest = pages.flat().map(decodeNewest);
      return newest
        .filter(({ isRemoving }) => !isRemoving)
        .map(({ entry }) => entry)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async findIds(idPrefix) {
      const prefix = parseIdPrefix(idPrefix);
      const partition = indexPartitions.snapshotId(prefix);
      // "g" comes after every hex digit.
      const query = { index: "byId", partition, from: prefix, to: `${prefix}g` } as const;
      return (await collect(queryIndex(table, query))).flat().map((item) => textOf(item, "id"));
    },
    async removeName(name) {
      const isKnown = await untilWritten(`Snapshot name ${JSON.stringify(name.slice(0, 80))}`, async () => {
        const newest = await readNewest(table, name);
        if (newest === undefined || newest.isRemoving) return newest !== undefined;
        const mark = { ...newestItem(newest.entry, newest.position), removing: { BOOL: true } };
        return (await writeTogether(table, [put(mark, hasRevision(newest.position))])) ? true : lost;
      });
      if (isKnown) await finishRemoval(table, name);
      return isKnown;
    },
    async close() {},
  };
}

type NewestEntry = { readonly entry: SnapshotEntry; readonly position: number; readonly isRemoving: boolean };

/** What a name means now; its revision is the position of the entry in the history, which only grows. */
function newestItem(entry: SnapshotEntry, position: number): Item {
  const key = newestEntryKey(entry.name);
  return {
    ...keyAttributes(key),
    record: { S: JSON.stringify(entry) },
    revision: { N: String(position) },
    list: { S: indexPartitions.everySnapshotName },
    listKey: { S: key.pk.slice("NAME#".length) },
  };
}

function decodeNewest(item: Item): NewestEntry {
  const entry = snapshotEntry.parse(JSON.parse(textOf(item, "record")));
  return { entry, position: numberOf(item, "revision"), isRemoving: item.removing?.BOOL === true };
}

async function readNewest(table: Table, name: string): Promise<NewestEntry | undefined> {
  const item = await readItem(table, newestEntryKey(name));
  return item && decodeNewest(item);
}

/** Newest first. */
async function readHistory(table: Table, name: string): Promise<readonly SnapshotEntry[]> {
  const { pk } = newestEntryKey(name);
  const items = await collect(queryPartition(table, { pk, from: "ENTRY#", to: "ENTRY#~", newestFirst: true }));
  return items.map((item) => ({ name, ...namelessEntry.parse(JSON.parse(textOf(item, "record"))) }));
}

/** Removes everything of a name that carries the mark of a removal, the mark last; a removal that died is finished by its repeat. */
async function finishRemoval(table: Table, name: string): Promise<void> {
  const mentioned = new Set((await readHistory(table, name)).map(({ snapshotId }) => snapshotId));
  for (const snapshotId of mentioned) {
    // Not so when an earlier removal came this far, or another name mentions the snapshot.
    await writeTogether(table, [unmention(name, snapshotId)]);
    const manifest = await removeUnmentioned(table, snapshotId);
    if (manifest.length > 0) await writeTogether(table, manifest);
  }
  const newest = newestEntryKey(name);
  const { pk } = newest;
  const entries = await collect(queryPartition(table, { pk, from: "ENTRY#", to: "ENTRY#~", keysOnly: true }));
  await removeAll(
    table,
    entries.map((item) => ({ pk, sk: textOf(item, "sk") })),
  );
  await writeTogether(table, [remove(newest, isMarked)]);
}

const isMarked = { expression: "attribute_exists(#removing)", names: { "#removing": "removing" } };

const namelessEntry = z.object({ snapshotId: z.string(), recordedAtMs: z.number() });
const snapshotEntry = namelessEntry.extend({ name: z.string() });

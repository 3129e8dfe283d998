import { InputError } from "../../engine/input-error.ts";
import type { SnapshotManifest } from "../../market/snapshot-manifest.ts";
import { decodeManifest, encodeManifest } from "../../market/snapshot-manifest.ts";
import { hashed, type ItemKey, indexPartitions, manifestKey, manifestPieceKey } from "./keys.ts";
import { collect, type Item, keyAttributes, queryPartition, readItem, type Table } from "./read-items.ts";
import type { Write } from "./run-change.ts";
import { type Condition, isAbsent, isPresent, put, remove, update } from "./write-items.ts";

/** A snapshot with more chunks than its manifest can name. */
export class SnapshotTooLargeError extends InputError {
  override readonly name = "SnapshotTooLargeError";
}

/** A piece fits into an item of 409,600 bytes, and ten pieces with the rest of their transaction into its 4 MB. */
const pieceBytes = 370_000;
const pieceLimit = 10;

/**
 * Adds the name to those that mention the snapshot, and the manifest if it is not there: an item with the names, and the text in pieces.
 * Throws SnapshotTooLargeError.
 */
export async function mentionManifest(table: Table, name: string, manifest: SnapshotManifest): Promise<Write[]> {
  const { snapshotId } = manifest;
  const key = manifestKey(snapshotId);
  const mention = { SS: [hashed(name)] };
  if ((await readItem(table, key)) !== undefined) {
    const names = { "#mentions": "mentions" };
    return [update(key, { expression: "ADD #mentions :name", names, values: { ":name": mention } }, isPresent)];
  }
  const pieces = piecesOf(manifest);
  const head = put(
    {
      ...keyAttributes(key),
      mentions: mention,
      idPrefix: { S: indexPartitions.snapshotId(snapshotId) },
      id: { S: snapshotId },
    },
    isAbsent,
  );
  const body = pieces.map((piece, index) =>
    put({ ...keyAttributes(manifestPieceKey(snapshotId, index)), piece: { B: piece } }),
  );
  return [head, ...body];
}

/** Takes the name from those that mention the snapshot. */
export function unmention(name: string, snapshotId: string): Write {
  return update(
    manifestKey(snapshotId),
    {
      expression: "DELETE #mentions :name",
      names: { "#mentions": "mentions" },
      values: { ":name": { SS: [hashed(name)] } },
    },
    isPresent,
  );
}

/** Removes the manifest with its pieces on the condition that no name mentions it. */
export async function removeUnmentioned(table: Table, snapshotId: string): Promise<Write[]> {
  const keys = (await readManifestItems(table, snapshotId)).map(
    (item): ItemKey => ({
      pk: item.pk?.S ?? "",
      sk: item.sk?.S ?? "",
    }),
  );
  return keys.map((key) => remove(key, key.sk === "MANIFEST" ? isUnmentioned : undefined));
}

/** The manifest from its pieces, or undefined; throws SnapshotFormatError when it is damaged. */
export async function readManifest(table: Table, snapshotId: string): Promise<SnapshotManifest | undefined> {
  const [head, ...pieces] = await readManifestItems(table, snapshotId);
  if (head === undefined) return undefined;
  return decodeManifest(Buffer.concat(pieces.map((item) => item.piece?.B ?? new Uint8Array())).toString());
}

const isUnmentioned: Condition = {
  expression: "attribute_not_exists(#mentions)",
  names: { "#mentions": "mentions" },
};

function piecesOf(manifest: SnapshotManifest): readonly Uint8Array[] {
  const bytes = Buffer.from(encodeManifest(manifest));
  if (bytes.length > pieceBytes * pieceLimit) {
    throw new SnapshotTooLargeError(
      `Snapshot ${manifest.snapshotId.slice(0, 12)}: its manifest has ${bytes.length} bytes, expected at most ${pieceBytes * pieceLimit} (about two billion bars). Import its instruments or years as several snapshots.`,
    );
  }
  const count = Math.ceil(bytes.length / pieceBytes);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes));
}

/** MANIFEST, then the pieces; without the first there is no manifest. */
async function readManifestItems(table: Table, snapshotId: string): Promise<readonly Item[]> {
  const { pk, sk } = manifestKey(snapshotId);
  const items = await collect(queryPartition(table, { pk, from: sk, to: "PIECE#~" }));
  return items[0]?.sk?.S === sk ? items : [];
}

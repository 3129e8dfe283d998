import type { SnapshotManifest } from "./snapshot-manifest.ts";

/** A name given to a snapshot, at a time; the latest one is what the name means. */
export type SnapshotEntry = {
  readonly name: string;
  readonly snapshotId: string;
  /** When the name was given this snapshot, UTC ms. */
  readonly recordedAtMs: number;
};

export type NewSnapshotEntry = {
  readonly name: string;
  readonly recordedAtMs: number;
  readonly manifest: SnapshotManifest;
  /** An append states the id it started from: the put then succeeds only if that is still the newest of the name. */
  readonly replaces?: string;
};

export type PutSnapshotOutcome =
  | { readonly kind: "stored" }
  /** The name already means this snapshot: a repeat. Nothing changed. */
  | { readonly kind: "alreadyStored" }
  /** `replaces` is not the newest of the name any more (or the name is unknown). Nothing changed. */
  | { readonly kind: "superseded"; readonly newestId: string | undefined };

/**
 * Snapshot ids with their manifests, and names with the history of the snapshots they meant.
 * Manifests are kept as encoded text (`encodeManifest`, `decodeManifest`).
 */
export type SnapshotCatalog = {
  /**
   * Keeps the manifest under its id and appends it to the history of the name, both or neither, durable when it returns.
   * A manifest whose id is stored already is not replaced: its bars are the same, and the first provenance stays.
   */
  put(entry: NewSnapshotEntry): Promise<PutSnapshotOutcome>;
  /** The manifest with exactly this id, or undefined when there is none. Throws SnapshotFormatError when it is damaged. */
  get(snapshotId: string): Promise<SnapshotManifest | undefined>;
  /** The snapshots that a name meant, newest first; empty when the name is unknown. */
  history(name: string): Promise<readonly SnapshotEntry[]>;
  /** Every name with the snapshot it means now, ordered by name (code units). */
  list(): Promise<readonly SnapshotEntry[]>;
  /** The ids of all stored snapshots that start with this prefix (at least 6 hex digits), in ascending order. */
  findIds(idPrefix: string): Promise<readonly string[]>;
  /** Forgets a name and its history; manifests that no other name's history mentions go with it. False when unknown. */
  removeName(name: string): Promise<boolean>;
  close(): Promise<void>;
};

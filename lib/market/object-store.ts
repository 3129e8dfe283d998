/**
 * Content-addressed bytes: chunks of bars, parts of facts, large checkpoint states, results, files of models and the names given to them, plans and answers of sweeps.
 *
 * A key is `<kind>/<sha-256 in hex>`; the hash is that of the bytes, so that an object never changes and a second put of
 * the same bytes is a repeat.
 */
export const objectKinds = [
  "chunks",
  "parts",
  "states",
  "results",
  "models",
  "model-names",
  "answers",
  "sweeps",
] as const;

export type ObjectKind = (typeof objectKinds)[number];

export type ObjectStore = {
  /**
   * Stores the bytes under their hash and returns the hash. When it returns, the object is durable and whole, and counts as stored
   * now even if it was there before, so that a sweeper of old objects leaves it to the commit that will refer to it.
   */
  put(kind: ObjectKind, bytes: Uint8Array): Promise<string>;
  /** The bytes, checked against their hash. Throws MissingObjectError when absent, CorruptObjectError when they differ. */
  get(kind: ObjectKind, hash: string): Promise<Uint8Array>;
  /** Whether an object, whole or damaged, is stored under this hash; does not read it. */
  has(kind: ObjectKind, hash: string): Promise<boolean>;
  /** The hashes of every object of this kind with their size and the time they were stored, in any order. */
  list(kind: ObjectKind): AsyncIterable<StoredObject>;
  /** Removes the object; removing what is not there changes nothing. */
  remove(kind: ObjectKind, hash: string): Promise<void>;
};

export type StoredObject = { readonly hash: string; readonly sizeBytes: number; readonly storedAtMs: number };

export class MissingObjectError extends Error {
  override readonly name = "MissingObjectError";
  readonly kind: ObjectKind;
  readonly hash: string;

  constructor(kind: ObjectKind, hash: string, where: string) {
    super(`Object ${kind}/${hash} is missing: expected it at ${where}, found nothing.`);
    this.kind = kind;
    this.hash = hash;
  }
}

export class CorruptObjectError extends Error {
  override readonly name = "CorruptObjectError";
  readonly kind: ObjectKind;
  readonly hash: string;

  constructor(kind: ObjectKind, hash: string, foundHash: string, where: string) {
    super(`Object ${kind}/${hash} at ${where} is damaged: expected SHA-256 ${hash}, found ${foundHash}.`);
    this.kind = kind;
    this.hash = hash;
  }
}

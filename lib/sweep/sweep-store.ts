import { InputError } from "../engine/input-error.ts";
import type { JsonValue } from "../engine/json.ts";
import type { Page, RunOwner } from "../run/run-store.ts";

/** `partial`: it ended, and some lanes failed; its result is that of the others. */
export type SweepStatus = "pending" | "running" | "cancelling" | "cancelled" | "failed" | "completed" | "partial";

/** How many lanes became what. A lane counts once for every in-sample range that it is tried on, as in the table: a window of cross-validation may have several. */
export type SweepCounts = {
  /** While an optimiser goes on: at most. */
  readonly total: number;
  /** Taken from what earlier sweeps computed, whether they completed or failed there. */
  readonly cached: number;
  /** 0 until the sweep has its answer, as `failed` is. */
  readonly completed: number;
  readonly failed: number;
};

/** Lanes that the sweep itself computed; 0 until it has its answer. */
export function computedLanes({ completed, failed, cached }: SweepCounts): number {
  return Math.max(0, completed + failed - cached);
}

/** A sweep: what was asked, where it stands and what it answered. Its items are runs with its id as `sweepId`. */
export type SweepRecord = {
  readonly format: 1;
  readonly sweepId: string;
  readonly name: string;
  readonly strategy: string;
  readonly tags: readonly string[];
  /** The whole spec with every default filled in. */
  readonly spec: JsonValue;
  readonly specDigest: string;
  readonly engineVersion: number;
  readonly snapshotId: string;
  readonly seed: number;
  readonly status: SweepStatus;
  readonly reason?: { readonly name: string; readonly message: string };
  readonly counts: SweepCounts;
  /** The fencing token: only the holder of the newest attempt goes on. */
  readonly attempt: number;
  readonly owner?: RunOwner;
  /** The machines whose processes took an attempt at it; absent where none did, as on AWS. */
  readonly hosts?: readonly string[];
  readonly executionArn?: string;
  /** Counts the writes; a write says which one it follows. */
  readonly revision: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Milliseconds that attempts spent on it. */
  readonly durationMs: number;
  /** Hash of the item list (object of kind "sweeps"); set by the expansion. Of an optimiser, that of its state with the round under way. */
  readonly planHash?: string;
  /** Hash of the winners and their items; set by the selection. */
  readonly winnersHash?: string;
  readonly resultHash?: string;
  readonly resultDigest?: string;
};

export type SweepFilter = { readonly strategy?: string; readonly status?: SweepStatus; readonly tag?: string };

/** Sweeps, and where the lanes lie that were computed for them. Every change is one conditional write; losing a race is an outcome. */
export type SweepStore = {
  /** Stores a new sweep (revision 1); false when the id exists, and nothing changed. */
  createSweep(sweep: SweepRecord): Promise<boolean>;
  /** The sweep, or undefined when there is none. */
  getSweep(sweepId: string): Promise<SweepRecord | undefined>;
  /** Puts `next` in the place of the sweep with revision `next.revision` - 1; false when the stored one has another revision or is gone. */
  replaceSweep(next: SweepRecord): Promise<boolean>;
  /** Newest first (by creation, then by id, downwards), at most `limit` a page; `cursor` is the `next` of the page before. */
  listSweeps(filter: SweepFilter, limit: number, cursor?: string): Promise<Page<SweepRecord>>;
  /** Removes the record; false when it is absent. */
  removeSweep(sweepId: string): Promise<boolean>;
  /** Remembers that the result with this hash (kind "results") holds lanes of this family; a repeat changes nothing. */
  addLanes(family: string, resultHash: string): Promise<void>;
  /** The hashes of the results with lanes of this family, in any order. Some may be gone. */
  lanesOf(family: string): Promise<readonly string[]>;
  close(): Promise<void>;
};

export class MissingSweepError extends InputError {
  override readonly name = "MissingSweepError";

  constructor(sweepId: string) {
    super(`Sweep "${sweepId}" does not exist. List the sweeps there are: backstitch sweep ls`);
  }
}

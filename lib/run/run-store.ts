import { InputError } from "../engine/input-error.ts";
import type { JsonValue } from "../engine/json.ts";
import type { FunctionHost } from "./function-host.ts";

/** The life of a run. `cancelled` covers a person's cancel and an interrupt (Ctrl-C, SIGTERM): both can be resumed. */
export type RunStatus = "queued" | "running" | "cancelling" | "cancelled" | "failed" | "resuming" | "completed";

/** Identifies the computation: law 8 says that two runs with the same key have the same result. */
export type RunKey = { readonly engineVersion: number; readonly specDigest: string; readonly snapshotId: string };

export type RunRecord = RunKey & {
  readonly format: number;
  readonly runId: string;
  readonly name: string;
  readonly strategy: string;
  /** The whole spec with every default filled in, as it ran. */
  readonly spec: JsonValue;
  readonly status: RunStatus;
  /** Why a run failed or was cancelled: the error's name and message. */
  readonly reason?: { readonly name: string; readonly message: string };
  /** Absolute bar numbers [startBar, endBar) of the run in its snapshot. */
  readonly startBar: number;
  readonly endBar: number;
  /** The fencing token: only the holder of the newest attempt may commit. 1 for the first. */
  readonly attempt: number;
  /** Sequence number of the newest checkpoint; 0 before the first. */
  readonly headSequence: number;
  readonly headCheckpointId?: string;
  /** The next bar to do: `startBar` before the first checkpoint. */
  readonly headBar: number;
  /** Who runs it now; absent when nobody does. */
  readonly owner?: RunOwner;
  /** The workflow execution that has the newest attempt, or had it last; absent for an attempt on one's own machine. */
  readonly executionArn?: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Hash of the result object (kind "results"); set when completed. */
  readonly resultHash?: string;
  readonly resultDigest?: string;
  /** The checkpoint this run was forked from or extends; what extends a fork is one. */
  readonly origin?: { readonly kind: "fork" | "extend"; readonly runId: string; readonly checkpointId: string };
  /** The sweep that this run is an item of. */
  readonly sweepId?: string;
};

/** A process that works on a run, so that another can tell whether it is still alive. */
export type RunOwner = {
  readonly host: string;
  readonly pid: number;
  readonly heartbeatAtMs: number;
  /** The workflow execution that the attempt belongs to. */
  readonly executionArn?: string;
};

/** What a run's creation states; status, attempt and head start from their first values. */
export type NewRun = Omit<
  RunRecord,
  | "format"
  | "status"
  | "attempt"
  | "headSequence"
  | "headCheckpointId"
  | "headBar"
  | "owner"
  | "executionArn"
  | "updatedAtMs"
  | "resultHash"
  | "resultDigest"
  | "reason"
>;

export type CheckpointRecord = {
  readonly format: number;
  /** SHA-256 of the canonical JSON of `state`. */
  readonly checkpointId: string;
  readonly runId: string;
  readonly sequence: number;
  readonly parentId?: string;
  readonly engineVersion: number;
  readonly specDigest: string;
  readonly snapshotId: string;
  /** Absolute number of the next bar to do: the state is the one after bar `barIndex` - 1. */
  readonly barIndex: number;
  /** Open time of the last bar done, UTC ms. */
  readonly barTimeMs: number;
  readonly createdAtMs: number;
  /** Size of the canonical state text. */
  readonly stateBytes: number;
  /** Canonical JSON of the state, or where it lies when it is large. */
  readonly state:
    | { readonly kind: "inline"; readonly text: string }
    | { readonly kind: "object"; readonly hash: string };
};

/** A reference to facts that one segment added. */
export type PartReference = {
  readonly kind: "fills" | "trades" | "orders" | "equity";
  readonly hash: string;
  readonly rows: number;
  readonly sizeBytes: number;
};

export type SegmentRecord = {
  readonly format: number;
  readonly runId: string;
  readonly sequence: number;
  readonly attempt: number;
  /** Absolute bar numbers [startBar, endBar). */
  readonly startBar: number;
  readonly endBar: number;
  readonly parts: readonly PartReference[];
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly host: string;
  readonly pid: number;
  /** Absent for a segment that no function on AWS computed. */
  readonly function?: FunctionHost;
};

export type CommitOutcome =
  | { readonly kind: "committed" }
  /**
   * The attempt is ours and the head is already at or past this sequence: a repeat, or somebody else was faster. `stored` is the
   * checkpoint with this sequence, absent when it was removed since. Nothing changed.
   */
  | {
      readonly kind: "alreadySaved";
      readonly headSequence: number;
      readonly headBar: number;
      readonly stored?: CheckpointRecord;
    }
  /**
   * The attempt does not hold the run: a newer one was begun, or none yet; this comes before `alreadySaved` and `outOfOrder`, so that
   * a zombie always learns that it is one. Or the run is completed, and this would be its next checkpoint. Nothing changed.
   */
  | { readonly kind: "fenced"; readonly attempt: number }
  /** The run does not exist, or its head is behind sequence - 1. Nothing changed. */
  | { readonly kind: "outOfOrder"; readonly headSequence: number };

export type AttemptOutcome =
  | { readonly kind: "started"; readonly run: RunRecord }
  /** The run changed since `expectedAttempt` was read, or its status does not allow a start. Nothing changed. */
  | { readonly kind: "refused"; readonly run: RunRecord };

export type RunFilter = {
  readonly strategy?: string;
  readonly status?: RunStatus;
  /** Created at or after / before this time, UTC ms. */
  readonly createdFromMs?: number;
  readonly createdToMs?: number;
  /** Whether items of sweeps are left out. */
  readonly sweeps?: "left-out";
};

export type Page<T> = { readonly items: readonly T[]; readonly next?: string };

/**
 * Runs with their checkpoints and segments. Every change is one conditional write; losing a race is an outcome.
 * Records are kept as encoded text, so that what comes back is what any store would give back.
 */
export type RunStore = {
  /** Creates the run as `queued`, attempt 0, head 0, headBar = startBar. Returns false when the id exists; then nothing changed. */
  createRun(run: NewRun): Promise<boolean>;
  /** The run, or undefined when there is none. */
  getRun(runId: string): Promise<RunRecord | undefined>;
  /**
   * Newest first (by creation, then by id, downwards), at most `limit` a page; `cursor` is the `next` of the page before, absent on the
   * last. A run added meanwhile neither shifts nor repeats another. Throws PageCursorError for a cursor that no page returned.
   */
  listRuns(filter: RunFilter, limit: number, cursor?: string): Promise<Page<RunRecord>>;
  /** The completed run with this key that was created first, or undefined. A fork is no answer: up to its checkpoint it followed another spec. */
  findCompleted(key: RunKey): Promise<RunRecord | undefined>;
  /** The newest run with this key in any status that is not a fork, or undefined. */
  findNewest(key: RunKey): Promise<RunRecord | undefined>;
  /**
   * Takes the next attempt number: sets status (running for attempt 1, else resuming), attempt + 1, the owner and the owner's execution (or none), and
   * clears the reason, if the stored attempt equals `expectedAttempt` and the status is not completed. Any other status is allowed: the caller
   * has decided that a former owner is dead, and is the one who may. With `expectedStatus` only that one is: a cancellation that came meanwhile is not
   * lost. Throws MissingRunError when there is no such run.
   */
  beginAttempt(
    runId: string,
    expectedAttempt: number,
    owner: RunOwner,
    expectedStatus?: RunStatus,
  ): Promise<AttemptOutcome>;
  /**
   * Refreshes the owner's heartbeat (and not `updatedAtMs`), if there is an owner, and returns the stored status (`cancelling` asks the worker to stop), or
   * undefined when the attempt is no longer ours or the run is gone.
   */
  heartbeat(runId: string, attempt: number, atMs: number): Promise<RunStatus | undefined>;
  /**
   * Moves the status if the attempt is the stored one and the stored status is one of `from`; true when it did. The reason becomes that of
   * the change (of a long message the first 4,000 characters), or none. Clears the owner when the new status is cancelled, failed or completed. Who cancels another process's run
   * reads it, passes its attempt, and moves it from queued, running or resuming to cancelling.
   */
  setStatus(change: StatusChange): Promise<boolean>;
  /**
   * Puts checkpoint n and segment n and moves the head from n - 1 to n, in one transaction, if the attempt is ours. A run that is
   * resuming is running from then on; any other status stays, so that a late commit of a cancelled or failed attempt is kept.
   */
  commit(checkpoint: CheckpointRecord, segment: SegmentRecord): Promise<CommitOutcome>;
  /**
   * Seeds a queued run (attempt 0, head 0) with the checkpoint it starts from and the segments it inherits, in one transaction; the head is
   * then `checkpoint.sequence`. Returns false, changing nothing, when the run is not in that state.
   */
  seedRun(checkpoint: CheckpointRecord, segments: readonly SegmentRecord[]): Promise<boolean>;
  /**
   * Marks the run completed with its result, and clears the owner, if the attempt is ours, the head is `headSequence` and the status is
   * running or resuming; true when it did.
   */
  complete(completion: RunCompletion): Promise<boolean>;
  /** The checkpoint with this sequence, or the newest when none is given; undefined when absent. */
  getCheckpoint(runId: string, sequence?: number): Promise<CheckpointRecord | undefined>;
  /** Every checkpoint record with this id or id prefix, of any run, by run id and sequence. Throws IdPrefixError under 6 hex digits. */
  findCheckpoints(idPrefix: string): Promise<readonly CheckpointRecord[]>;
  /** The run's checkpoints without their state text, by sequence. */
  listCheckpoints(runId: string): Promise<readonly CheckpointSummary[]>;
  /**
   * Removes one checkpoint record; false when it is absent, the head of its run (in any status: an extension goes on from it), or the
   * `origin` of another run that has no checkpoint of its own yet. Those older than the head may go while the run is running.
   */
  removeCheckpoint(runId: string, sequence: number): Promise<boolean>;
  /** The run's segments, by sequence. */
  listSegments(runId: string): Promise<readonly SegmentRecord[]>;
  /**
   * Removes the run with its checkpoints, segments and events; false when it is running, cancelling or resuming, absent, or the `origin`
   * of another run that has no checkpoint of its own yet. Objects stay for the sweeper.
   */
  removeRun(runId: string): Promise<boolean>;
  /** Appends, always and even twice, one event of the run's history (started, interrupted, resumed, cancelled, failed, violation …), of a long message the first 4,000 characters. */
  appendEvent(event: RunEvent): Promise<void>;
  /** The run's events in the order they were appended. */
  listEvents(runId: string): Promise<readonly RunEvent[]>;
  close(): Promise<void>;
};

export type CheckpointSummary = Omit<CheckpointRecord, "state"> & {
  readonly stateKind: "inline" | "object";
  readonly stateHash?: string;
};

export type StatusChange = {
  readonly runId: string;
  readonly attempt: number;
  readonly from: readonly RunStatus[];
  readonly to: RunStatus;
  readonly reason?: { readonly name: string; readonly message: string };
  readonly atMs: number;
};

export type RunCompletion = {
  readonly runId: string;
  readonly attempt: number;
  readonly headSequence: number;
  readonly resultHash: string;
  readonly resultDigest: string;
  readonly atMs: number;
};

export type RunEvent = {
  readonly runId: string;
  readonly atMs: number;
  readonly attempt: number;
  readonly kind: "started" | "resumed" | "interrupted" | "cancelled" | "failed" | "completed" | "fenced" | "violation";
  readonly barIndex: number;
  readonly message?: string;
};

export class MissingRunError extends InputError {
  override readonly name = "MissingRunError";

  constructor(runId: string) {
    super(`Run "${runId}" does not exist. List the runs there are, or start it again.`);
  }
}

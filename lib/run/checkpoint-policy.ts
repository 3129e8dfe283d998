/** When to checkpoint: every n bars, every s seconds, or both; the numbers are in the spec and do not change a result. */
export type CheckpointPolicy = { readonly everyBars: number; readonly everySeconds?: number };

export type CheckpointMoment = {
  /** Bar count and time of the last checkpoint, or of the start while there is none. */
  readonly lastBar: number;
  readonly lastAtMs: number;
  readonly bar: number;
  readonly atMs: number;
};

/** Whether a checkpoint is due: reaching an interval exactly is enough. Bar 0 is a bar like any other. */
export function isCheckpointDue(policy: CheckpointPolicy, moment: CheckpointMoment): boolean {
  if (moment.bar - moment.lastBar >= policy.everyBars) return true;
  return policy.everySeconds !== undefined && moment.atMs - moment.lastAtMs >= policy.everySeconds * 1_000;
}
